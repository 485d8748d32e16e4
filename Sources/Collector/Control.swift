import Answering
import Journaling
import Lanes
import Receiving
import Settings
import Spans
import Synchronization

/// The control thread: accepts connections, takes signals, and sees the others to their end.
struct Control: ~Copyable {
    private var settings: Settings
    private let log: Log
    private let resources: Resources
    private let budget: MemoryBudget
    private let lanes: [LaneHandle]
    private let desk: LaneHandle
    private let replay = ReplayProgress()
    private let opening: StoreOpening
    private var found: StoreOpening.Found?
    private let state = CollectorState()
    private let metrics: CollectorMetrics
    private var acceptor: Acceptor
    /// Of the lanes, of the desk, and of those that serve nobody.
    private var threads: [StartedThread] = []
    private var deskThread: StartedThread?
    private var helpers: [StartedThread] = []

    private static let signalToken = 1 << 20
    private static let endingCheckMilliseconds = 20

    init(_ settings: Settings, log: Log) throws {
        let resources = Resources(settings)
        let lanes = try (0..<resources.lanes).map { _ in
            try LaneHandle(lanes: resources.lanes, recentBytesMax: settings.limits.recentBytes)
        }
        let desk = try LaneHandle(lanes: 0, recentBytesMax: 0)
        let contexts = try TLSContexts(settings.listen)
        let listeners = try Opening.listeners(settings.listen, log: log)
        opening = try StoreOpening()
        self.settings = settings
        self.log = log
        self.resources = resources
        self.lanes = lanes
        self.desk = desk
        budget = MemoryBudget(limitBytes: resources.requestBytes)
        metrics = CollectorMetrics(
            lanes: lanes, desk: desk, budget: budget, memoryLimitBytes: resources.memoryBytes)
        acceptor = Acceptor(
            listeners: listeners, lanes: lanes, desk: desk, turnedAway: metrics.turnedAway,
            contexts: contexts, limits: resources.bounded(settings.limits))
    }

    private var serving: [LaneHandle] { lanes + [desk] }

    private func servingSettings() -> ServingSettings {
        ServingSettings(settings, bodyBytesMax: resources.bodyBytesMax)
    }

    private func traceSettings() -> TraceSettings {
        TraceSettings(
            settings, memoryBytes: resources.traceBytesOfLane, ledgerBytes: resources.ledgerBytes)
    }

    // MARK: - Start

    /// The desk opens the store, and the lanes start when it is known what is in it.
    mutating func start() throws {
        var random = SystemRandomNumberGenerator()
        let hash = TraceHash(using: &random)
        try startDesk()
        let found = try opening.wait()
        self.found = found
        for number in lanes.indices {
            let (lanes, desk, budget, replay, log) = (lanes, desk, budget, replay, log)
            let (settings, traces) = (servingSettings(), traceSettings())
            try startThread(name: "lane \(number)") { () throws(Errno) in
                try Self.lane(
                    number, lanes, desk, hash, settings, traces, budget, found, replay, log)
            }
        }
        let again = JournalReplay(
            found.journal, lanes: lanes, hash: hash, names: FactNames(settings),
            library: found.library,
            from: found.low, progress: replay, log)
        helpers.append(StartedThread(try LaneThread(name: "replay") { again.run() }))
        helpers.append(
            StartedThread(
                try LaneThread(name: "sealer") {
                    found.sealer.run(found.contentFolder, sealedThrough: found.sealedThrough)
                }))
        StartReport.write(settings, resources)
    }

    private mutating func startDesk() throws(Errno) {
        let (lanes, desk, metrics, state, budget) = (lanes, desk, metrics, state, budget)
        let (serving, traces, settings) = (servingSettings(), traceSettings(), settings)
        let (opening, log) = (opening, log)
        let hosts = HostCheck(addresses: settings.listen.web.addresses)
        deskThread = StartedThread(
            try LaneThread(name: "desk") {
                guard let keeper = opening.open(settings, traces, lanes: lanes, log) else {
                    return
                }
                let handler = Desk(
                    settings: serving, lanes: lanes, metrics: metrics, state: state, hosts: hosts,
                    budget: budget, keeper: keeper)
                let memory = BodyMemory(pool: BufferPool(keepBytesMax: 1 << 20), budget: budget)
                Self.serve(name: "desk", log) { () throws(Errno) in
                    let reception = try Reception(
                        handler: handler, limits: serving.receiving, memory: memory,
                        bell: desk.bell, counters: desk.receiving)
                    return ServingThread(
                        handle: desk, reception: reception, reload: { handler.settings = $0 },
                        upkeep: [keeper])
                }
            })
    }

    private static func lane(
        _ number: Int, _ lanes: [LaneHandle], _ desk: LaneHandle, _ hash: TraceHash,
        _ settings: ServingSettings, _ traces: TraceSettings, _ budget: MemoryBudget,
        _ found: StoreOpening.Found, _ replay: ReplayProgress, _ log: Log
    ) throws(Errno) -> ServingThread {
        let handle = lanes[number]
        let memory = BodyMemory(pool: BufferPool(), budget: budget)
        let stage = LaneStage(
            lane: number, lanes: lanes, hash: hash, pool: memory.pool, keeperBell: desk.bell,
            traces: LaneTraces(
                traces, counted: found.counted, library: found.library, replay: replay),
            journal: found.journal,
            replay: replay)
        let router = SpanRouter(lane: number, lanes: lanes, hash: hash, stage: stage)
        let queue = JournalQueue(
            journal: found.journal, lane: number, router: router, counters: handle.intake,
            pool: memory.pool)
        let intake = Intake(
            settings: settings, stage: stage, journal: queue, counters: handle.intake,
            memory: memory, log: log)
        let reception = try Reception(
            handler: intake, limits: settings.receiving, memory: memory, bell: handle.bell,
            counters: handle.receiving)
        queue.replier = reception
        return ServingThread(
            handle: handle, reception: reception, reload: { intake.settings = $0 },
            upkeep: [queue, stage])
    }

    /// What a serving thread owns is made on it and never leaves it.
    private mutating func startThread(
        name: String, _ make: @escaping @Sendable () throws(Errno) -> ServingThread
    ) throws(Errno) {
        let log = log
        threads.append(
            StartedThread(try LaneThread(name: name) { Self.serve(name: name, log, make) }))
    }

    private static func serve(
        name: String, _ log: Log, _ make: () throws(Errno) -> ServingThread
    ) {
        do throws(Errno) {
            try make().run()
        } catch {
            // Its clients would wait for ever.
            log.error("thread could not start", ["thread": name, "reason": "\(error)"])
            endProcess(1)
        }
    }

    // MARK: - Watch

    mutating func watch(
        _ signals: borrowing Signals, reload: () throws(SettingsErrors) -> Settings
    ) throws(Errno) -> Int32 {
        var poller = try Poller()
        try poller.add(signals.descriptor.raw, token: Self.signalToken)
        try acceptor.watch(with: poller)
        while true {
            for index in 0..<poller.wait(milliseconds: -1) {
                let event = poller.event(index)
                guard event.token == Self.signalToken else {
                    acceptor.accept(at: event.token)
                    continue
                }
                while let signal = signals.next() {
                    switch signal {
                    case .reload: self.reload(reload)
                    case .stop: return stop(signals)
                    }
                }
            }
        }
    }

    /// Takes new settings as far as they can change now; wrong ones change nothing.
    private mutating func reload(_ load: () throws(SettingsErrors) -> Settings) {
        let new: Settings
        do throws(SettingsErrors) {
            new = try load()
        } catch {
            for line in error.list {
                log.error("settings not reloaded", ["reason": line.description])
            }
            return
        }
        do throws(TLSContext.Failure) {
            acceptor.contexts = try TLSContexts(new.listen)
        } catch {
            log.error("settings not reloaded", ["reason": error.description])
            return
        }
        for key in new.changesNeedingRestart(from: settings) {
            log.warning("setting changes at the next start only", ["key": key])
        }
        settings = new
        log.set(new.log)
        let bounded = resources.bounded(new.limits)
        acceptor.connectionsMax = bounded.connections
        acceptor.connectionsOfAddressMax = bounded.connectionsPerAddress
        for handle in serving { tell(handle, .reload(servingSettings())) }
        log.info("settings reloaded")
    }

    /// Tells a thread what it must hear; it empties its mail many times a second.
    private func tell(_ handle: LaneHandle, _ command: LaneCommand) {
        while !handle.tell(command) { Clock.sleep(milliseconds: 1) }
    }

    /// Drains the lanes while the desk still answers, so that whoever watches can see it; lets go of
    /// the clients on a second signal or when the time is over. No lane ends before all are empty.
    private mutating func stop(_ signals: borrowing Signals) -> Int32 {
        log.info("draining")
        state.set(.draining)
        acceptor.closeAllButWeb()
        for lane in lanes { tell(lane, .drain) }
        let deadline = Clock.monotonicMilliseconds() + settings.limits.drainMilliseconds
        var isInTime = true
        while !lanes.allSatisfy({ $0.isEmpty.load(ordering: .acquiring) }) {
            let isOver = Clock.monotonicMilliseconds() >= deadline || signals.next() == .stop
            if isOver && isInTime {
                isInTime = false
                for lane in lanes { tell(lane, .hangUp) }
            }
            acceptor.acceptAll()
            Clock.sleep(milliseconds: Self.endingCheckMilliseconds)
        }
        // What the lanes counted last is committed by the desk.
        for lane in lanes { tell(lane, .end) }
        for thread in threads { thread.join() }
        tell(desk, .end)
        deskThread?.join()
        replay.stop()
        found?.sealer.end()
        for helper in helpers { helper.join() }
        found?.journal.close()
        // What was cut off had not been acknowledged: its clients send it again.
        log.info("stopped", ["all_finished": isInTime ? "yes" : "no"])
        return 0
    }
}

/// A thread that is joined once, at the end.
private final class StartedThread {
    private var thread: LaneThread?

    init(_ thread: consuming LaneThread) { self.thread = consume thread }

    func join() { if let thread = thread.take() { thread.join() } }
}

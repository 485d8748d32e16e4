/// The accepted spans of one request: its decoded body, and what was found in it.
///
/// Filled by a decoder, then shared unchanged by the lanes that own its traces, and emptied for
/// the next request when the last of them is done. `body` is a pooled buffer: only its first
/// `bodyCount` bytes mean something.
package struct SpanBatch: Sendable {
    package var body: [UInt8] = []
    package var bodyCount = 0
    package var table = SpanTable()
    /// The request's place in the journal, and the wall time at which it came.
    package var sequence: UInt64 = 0
    package var receivedNanoseconds: UInt64 = 0

    package init() {}
}

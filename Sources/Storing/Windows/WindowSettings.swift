/// What the settings say about windows that are stored.
package struct WindowSettings: Equatable, Sendable {
    /// How long after its end a block of ten minutes is stored: by then hardly anything comes.
    package var finalSeconds: Int64 = 420
    /// How long windows are kept by the minute, then by the hour, then by the day.
    package var minutesSeconds: Int64 = 7 * 86_400
    package var hoursSeconds: Int64 = 30 * 86_400
    package var daysSeconds: Int64 = 90 * 86_400
    /// What all windows may take on disk.
    package var bytesMax = 5 << 30

    package init() {}
}

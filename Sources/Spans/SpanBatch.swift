/// The accepted spans of one request: its decoded body, and what was found in it.
///
/// Filled by a decoder, then shared unchanged by the lanes that own its traces, and emptied for
/// the next request when the last of them is done. `body` is a pooled buffer: only its first
/// `bodyCount` bytes mean something.
package struct SpanBatch: Sendable {
    package var body: [UInt8] = []
    package var bodyCount = 0
    package var table = SpanTable()

    package init() {}
}

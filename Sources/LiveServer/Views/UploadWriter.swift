/// Takes the bytes of one file as they come, in place of the memory that they would else wait in.
///
/// ```swift
/// let films = LiveUpload(accept: ["video/*"], maximumFileSize: 4 << 30, writer: { try FilmFile(named: $0.name) })
/// ```
///
/// All calls come on the view's event loop: they must not block for long. An error that is thrown ends the upload of
/// this file alone.
public protocol UploadWriter {
    /// Takes the next bytes.
    mutating func write(_ bytes: [UInt8]) throws
    /// Nothing more comes; called once.
    /// - Parameter isWhole: whether all of the file has come; else what there is of it is to be thrown away.
    mutating func close(isWhole: Bool) throws
}

/// Throw it from an upload's `external` to refuse a file: the browser's uploader gets the reason.
public struct ExternalUploadRefusal: Error {
    /// An object.
    public let reason: JSON

    /// A refusal; the reason is an object.
    public init(_ reason: JSON) { self.reason = reason }
}

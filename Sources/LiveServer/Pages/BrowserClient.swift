/// Our own browser client: the files of `Client/`, as one script.
public enum BrowserClient {
    /// All files in the order of their names, in one scope of their own: they define before they use.
    public static let script: [UInt8] = {
        let start = "(() => {\n\"use strict\";\n"
        let end = "\n})();\n"
        return Array(start.utf8) + files.joined(separator: [UInt8(ascii: "\n")]) + Array(end.utf8)
    }()

    // A name for each file, made by SwiftPM's `embedInCode`; a browser test holds this list to the folder.
    private static let files: [[UInt8]] = [
        PackageResources.Attributes_js, PackageResources.Bindings_js, PackageResources.Channel_js,
        PackageResources.Commands_js, PackageResources.Events_js, PackageResources.Forms_js,
        PackageResources.Hooks_js, PackageResources.LiveSocket_js, PackageResources.Locks_js,
        PackageResources.LongPoll_js, PackageResources.Messages_js, PackageResources.Morph_js,
        PackageResources.Navigation_js, PackageResources.RateLimit_js, PackageResources.Rendered_js,
        PackageResources.Socket_js, PackageResources.Start_js, PackageResources.Uploads_js, PackageResources.View_js,
    ]
}

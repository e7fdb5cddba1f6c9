// swift-tools-version: 6.2
import PackageDescription

// A package of its own: the reading and sealing parts of LiveTape by links, so that they can be built with the address
// sanitizer and with the counters that guide the fuzzer, in a minute and without everything else. See tools/fuzz.
let isFuzzing = Context.environment["LIVETAPE_FUZZING"] == "1"
let counters: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : []
let linked: [LinkerSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])] : []

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
        .target(name: "CChecksum"),
        .target(name: "CFileSpace"),
        .target(name: "WebSocketWire", dependencies: ["CZlib"], swiftSettings: counters),
        .target(name: "RecordingFormat", dependencies: ["CChecksum"], swiftSettings: counters),
        .target(
            name: "RecordingStore", dependencies: ["RecordingFormat", "WebSocketWire", "CZstd", "CFileSpace"],
            swiftSettings: counters),
        .target(name: "LiveViewWire", swiftSettings: counters),
        .target(
            name: "Sessions", dependencies: ["RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire"],
            swiftSettings: counters),
        // Without budgets' files: they need Yams, which no recording gets to.
        .target(
            name: "Analysis",
            dependencies: ["Sessions", "RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire"],
            exclude: ["Budgets/BudgetFile.swift", "Analysis.docc"],
            resources: [.embedInCode("Reports/Page")],
            swiftSettings: counters),
        .target(name: "TestSupport"),
        .target(
            name: "ConversationSupport",
            dependencies: ["Sessions", "RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire"]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Analysis", "Sessions", "RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire",
                "TestSupport", "ConversationSupport",
            ]),
        .executableTarget(
            name: "make-run", dependencies: ["RecordingStore", "RecordingFormat", "WebSocketWire", "TestSupport"]),
    ]
        + (isFuzzing ? [.executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], linkerSettings: linked)] : [])
)

for target in package.targets where target.type != .system && !["CChecksum", "CFileSpace"].contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ]
}

// swift-tools-version: 6.2
import PackageDescription

// The house: each target may import only targets of the rows below it. `tools/check` reads the imports from the
// files and fails on any other.
let package = Package(
    name: "livetape",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "livetape", targets: ["livetape"]),
        // For applications of live views; its tutorial says how to begin one.
        .library(name: "LiveServer", targets: ["LiveServer"]),
    ],
    traits: [
        .trait(
            name: "TLS",
            description: "https:// and wss:// on either leg, by NIOSSL. Without it the build takes minutes less."),
        .default(enabledTraits: ["TLS"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        // Row 7: the command line.
        .executableTarget(
            name: "livetape",
            dependencies: [
                "Analysis", "Sessions", "Gallery", "LiveServer", "Interchange", "Proxy", "Transport", "RecordingStore",
                "RecordingFormat", "LiveViewWire", "WebSocketWire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Row 5
        .target(
            name: "Gallery", dependencies: ["LiveServer"],
            resources: [.embedInCode("Assets/gallery.css"), .embedInCode("Assets/gallery.js")]),

        .target(
            name: "Analysis",
            dependencies: [
                "Sessions", "RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire",
                .product(name: "Yams", package: "Yams"),
            ],
            // The script and the style of the HTML report.
            resources: [.embedInCode("Reports/Page")]),

        // Row 4
        .target(
            name: "Sessions", dependencies: ["RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire"]),
        .target(name: "Interchange", dependencies: ["RecordingStore", "RecordingFormat", "WebSocketWire"]),
        .target(
            name: "Proxy",
            dependencies: [
                "Transport", "RecordingStore", "RecordingFormat", "WebSocketWire",
                .product(name: "NIOCore", package: "swift-nio"),
            ]),

        .target(
            name: "LiveServer",
            dependencies: [
                "Transport", "LiveViewWire", "WebSocketWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            // The browser client: served as one script, from the binary.
            resources: [.embedInCode("Client")]),

        // Row 3
        .target(name: "RecordingStore", dependencies: ["RecordingFormat", "WebSocketWire", "CZstd", "CFileSpace"]),
        .target(
            name: "Transport",
            dependencies: [
                "WebSocketWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
            ]),

        // Row 2
        .target(name: "RecordingFormat", dependencies: ["CChecksum"]),

        // Row 1
        .target(name: "WebSocketWire", dependencies: ["CZlib"]),
        .target(name: "LiveViewWire"),

        // C below the house: two system libraries, CRC32C by the processor's own instruction, and disk space taken ahead.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .target(name: "CChecksum"),
        .target(name: "CFileSpace"),

        // Seeded random numbers, splits of bytes, temporary folders: what several test targets need.
        .target(name: "TestSupport", path: "Tests/Support"),
        // Conversations of a browser and a server, written by hand or recorded, for tests of what is made of them.
        .target(
            name: "ConversationSupport",
            dependencies: ["Sessions", "RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire"],
            path: "Tests/ConversationSupport"),
        // What the fuzzer runs (tools/fuzz), and what failed once as tests.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Analysis", "Sessions", "RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire",
                "TestSupport", "ConversationSupport",
            ],
            path: "Tests/FuzzTargets"),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"]),
        .testTarget(
            name: "SessionsTests",
            dependencies: [
                "Sessions", "RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire", "TestSupport",
                "ConversationSupport",
            ]),
        .testTarget(
            name: "AnalysisTests",
            dependencies: [
                "Analysis", "Sessions", "RecordingStore", "RecordingFormat", "LiveViewWire", "WebSocketWire",
                "TestSupport", "ConversationSupport",
            ]),
        .testTarget(name: "WebSocketWireTests", dependencies: ["WebSocketWire", "TestSupport"]),
        .testTarget(name: "LiveViewWireTests", dependencies: ["LiveViewWire", "TestSupport"]),
        .testTarget(name: "RecordingFormatTests", dependencies: ["RecordingFormat", "TestSupport"]),
        .testTarget(
            name: "RecordingStoreTests",
            dependencies: ["RecordingStore", "RecordingFormat", "WebSocketWire", "TestSupport"]),
        .testTarget(
            name: "InterchangeTests",
            dependencies: ["Interchange", "RecordingStore", "RecordingFormat", "WebSocketWire", "TestSupport"]),
        .testTarget(
            name: "livetapeTests",
            dependencies: [
                "livetape", "Analysis", "Sessions", "RecordingStore", "RecordingFormat", "WebSocketWire",
                "ConversationSupport",
            ]),
        .testTarget(
            name: "ProxyTests",
            dependencies: [
                "Proxy", "Transport", "RecordingStore", "RecordingFormat", "WebSocketWire", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "LiveServerTests",
            dependencies: [
                "LiveServer", "Transport", "LiveViewWire", "WebSocketWire", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "GalleryTests",
            dependencies: [
                "Gallery", "LiveServer", "LiveViewWire", "WebSocketWire",
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
    ]
)

// One dialect of Swift for all targets: the upcoming features, and no warning left standing.
// https://github.com/swiftlang/swift-evolution: SE-0335, SE-0444, SE-0409, SE-0461.
for target in package.targets where target.type != .system && !["CChecksum", "CFileSpace"].contains(target.name) {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}

// swift-tools-version: 6.2
import PackageDescription

// A package of its own: the JSON readers by a link, beside Foundation's, which nothing else here needs.
let package = Package(
    name: "json-bench",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "LiveViewWire"),
        .executableTarget(name: "json-bench", dependencies: ["LiveViewWire"]),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}

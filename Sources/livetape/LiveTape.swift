import ArgumentParser

@main
struct LiveTape: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "livetape",
        subcommands: [ProxyCommand.self, ShowCommand.self, InfoCommand.self, VerifyCommand.self])
}

extension LiveTape {
    static let release = "0.1.0"
}

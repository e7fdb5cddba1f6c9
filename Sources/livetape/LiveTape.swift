import ArgumentParser

@main
struct LiveTape: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "livetape", subcommands: [ProxyCommand.self])
}

extension LiveTape {
    static let release = "0.1.0"
}

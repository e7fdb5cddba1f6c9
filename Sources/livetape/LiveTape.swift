import ArgumentParser

@main
struct LiveTape: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "livetape",
        abstract: "Record what a live-view application sends over its WebSockets, and look at it.",
        discussion: """
            Put the proxy between browser and server, use the page, and read what crossed the wire:

              livetape proxy --to http://127.0.0.1:4000
              livetape show

            'livetape help COMMAND' explains each command, with examples. \
            'livetape --generate-completion-script bash' (zsh, fish) prints what completes them in a shell.
            """,
        version: release,
        subcommands: [
            ProxyCommand.self, ServeCommand.self, ShowCommand.self, InfoCommand.self, VerifyCommand.self,
            AnalyzeCommand.self, CompareCommand.self, TailCommand.self, SealCommand.self, RecoverCommand.self,
            UnpackCommand.self, PackCommand.self, RedactCommand.self,
        ])
}

extension LiveTape {
    /// The version of this program; recordings carry it. The format has a version of its own.
    static let release = "0.1.0"
}

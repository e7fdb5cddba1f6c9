extension Report {
    /// The report as a text of a format; ``Format/text`` is the command line's own.
    /// - Parameter top: findings that Markdown tells in full; nil for its default.
    package func text(_ format: Format, top: Int? = nil) -> String {
        switch format {
        case .json: JSONReport(self).text
        case .markdown: MarkdownReport(self, top: top ?? 10).text
        case .github: GitHubReport(self).text
        case .junit: JUnitReport(self).text
        case .sarif: SARIFReport(self).text
        case .html: HTMLReport(self).text
        case .text: ""
        }
    }
}

internal import Analysis
internal import LiveViewWire
internal import RecordingStore
internal import Sessions

/// Analyses a conversation of any messages: every byte of a diff is accounted for, and reports can be made of it.
enum FuzzSessions {
    static func failure(of input: [UInt8]) -> String? {
        let talk = FuzzTalk(input)
        let choices = talk.choices
        var analyzer = Analyzer()
        analyzer.settings.keepsPictures = choices & 1 != 0
        if choices & 2 != 0 { analyzer.settings.whatIf = WhatIfSettings() }
        if choices & 4 != 0 { analyzer.settings.sessions = smallSettings(choices) }
        if let problem = FuzzAccounts.problem(in: talk.events, analyzer.settings.sessions) { return problem }
        let analysis = analyzer.analyze(talk.events)
        if let problem = problem(in: analysis) { return problem }
        // They take longer than all else.
        return choices & 8 != 0 ? problemOfReports(analysis) : nil
    }

    private static func smallSettings(_ choices: UInt8) -> SessionSettings {
        let small = Int(choices >> 4)
        var settings = SessionSettings()
        settings.treeSlotLimit = small * 10
        settings.pathLimit = small * 5
        settings.tokenLimit = small * 40
        settings.pageLimit = small / 4
        settings.pageByteLimit = small * 100
        settings.viewLimit = small / 2
        settings.openExchangeLimit = small / 3
        settings.eventByteLimit = small * 10
        return settings
    }

    static func problem(in analysis: Analysis) -> String? {
        for finding in analysis.findings {
            let (saved, sum) = (finding.savedBytes, finding.ofBytes)
            if saved < 0 || sum < 0 || (sum > 0 && saved > sum) {
                return "\(finding.rule.id) saves \(saved) bytes of \(sum)"
            }
            if finding.occurrences < 1 || finding.evidence.text.isEmpty { return "\(finding.rule.id) says nothing" }
            if let ratio = finding.evidence.ratio, !(0...1).contains(ratio) { return "\(finding.rule.id): \(ratio)" }
        }
        let totals = analysis.totals
        for bytes in [totals.joinBytes, totals.diffBytes] where !FuzzAccounts.parts(of: bytes).allSatisfy({ $0 >= 0 }) {
            return "\(bytes)"
        }
        return nil
    }

    private static func problemOfReports(_ analysis: Analysis) -> String? {
        let report = Report(recording: "a.mcap", run: "k3f9x2", release: "0", analysis: analysis)
        for format in Report.Format.allCases {
            let text = report.text(format)
            switch format {
            case .json, .sarif:
                do throws(JSONError) {
                    _ = try JSONValue(Array(text.utf8).span)
                } catch {
                    return "\(format): \(error)"
                }
            case .html:
                if text.ranges(of: "</script").count != 2 { return "html: what was recorded ends a script" }
            case .text, .markdown, .github, .junit: break
            }
        }
        return nil
    }
}

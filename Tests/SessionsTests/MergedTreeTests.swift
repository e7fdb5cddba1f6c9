import ConversationSupport
import LiveViewWire
import RecordingStore
import Sessions
import Testing

/// The walk's classes are those that the real merge shows, on everything that was recorded.
@Suite struct MergedTreeTests {
    @Test(arguments: RecordedFrames.recordings)
    func eachLeafIsClassedAsTheMergedTreeSays(_ name: String) throws {
        var check = MergeCheck()
        try SessionTracker.follow(try RecordedFrames.recording(name)) { step, paths in check.take(step, paths) }
        // The echo's client says what no server of Phoenix would say.
        #expect(check.problems == [] || name == "echo")
        // The answers of long polls are HTTP: there is nothing to walk.
        #expect((check.diffs > 0) != ["echo", "gallery-light-polling"].contains(name))
    }

    @Test(arguments: RecordedFrames.phoenixPages)
    func eachLeafOfPhoenixIsClassedAsTheMergedTreeSays(_ page: String) throws {
        var check = MergeCheck()
        var tracker = SessionTracker()
        let paths = tracker.paths
        for event in try RecordedFrames.phoenix(page) { tracker.receive(event) { check.take($0, paths) } }
        tracker.end { check.take($0, paths) }
        #expect(check.problems == [])
        #expect(check.diffs > 0)
    }
}

/// Merges what the steps carry with the real merge, and compares.
struct MergeCheck {
    private var trees: [ViewID: LiveTree] = [:]
    var problems: [String] = []
    var diffs = 0

    mutating func take(_ step: SessionStep, _ paths: PathTable) {
        switch step {
        case .diff(let diff):
            diffs += 1
            do {
                try take(diff, paths)
            } catch {
                problems.append("\(error)")
            }
        case .componentsRemoved(let view, let removed):
            trees[view]?.removeComponents(removed.map { ComponentID($0.component) })
        case .viewEnded(let view, _): trees[view.id] = nil
        case .note(let note): problems.append("\(note)")
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep, _ paths: PathTable) throws {
        var tree = diff.isJoin ? LiveTree() : trees[diff.view.id] ?? LiveTree()
        let before = tree.root == nil ? [] : try tree.leaves()
        let payload = diff.payload
        try tree.apply(try RenderedDiff(payload.span, in: diff.range))
        trees[diff.view.id] = tree
        let account = diff.account
        if account.bytes.total != account.byteCount { problems.append("\(account.bytes) is not \(account.byteCount)") }
        if account.bytes.unknown > 0 { problems.append("unknown bytes") }
        if account.missingSlots != 0 || !tree.missingSlots.isEmpty { problems.append("missing slots") }
        for (kind, sum) in [
            (LeafClass.new, account.bytes.new), (.changed, account.bytes.changed),
            (.redundant, account.bytes.redundant),
        ] {
            let leaves = account.leaves.filter { $0.kind == kind }.reduce(0) { $0 + $1.byteCount }
            if leaves != sum { problems.append("\(kind): \(leaves) in leaves, \(sum) in sum") }
        }
        let byPath = account.paths.reduce(0) { $0 + $1.bytes }
        if byPath != account.bytes.leaves { problems.append("\(byPath) by path, \(account.bytes.leaves) in leaves") }
        // Nothing is there that was not, if all leaves are redundant.
        let isStill =
            account.bytes.new == 0 && account.bytes.changed == 0 && account.streams.isEmpty
            && account.lists.isEmpty && account.templates.allSatisfy { $0.kind == .update }
            && account.components.isEmpty
        if isStill, before != (try tree.leaves()) { problems.append("changes where all is redundant") }
        if account.bytes.changed > 0, account.streams.isEmpty, before == (try tree.leaves()) {
            problems.append("nothing changed where leaves are said to")
        }
    }
}

extension LiveTree {
    func leaves() throws -> [UInt8] { try html() }
}

internal import RecordingFormat

/// Records in the order of the recording, some of them waiting for what they become.
///
/// A message or a body is redacted as a whole, so its first record waits for its last one, and with it all that came
/// after. Memory is bounded: what waits too long is given up.
struct HeldRecords {
    /// What the records that wait belong to.
    struct Group: Hashable {
        enum Part: Hashable {
            case frames(Direction)
            case body(Direction, exchange: UInt64)
        }

        var connection: UInt64
        var part: Part
    }

    private enum State {
        case ready
        case waiting(Group)
    }

    private struct Slot {
        var record: JournalRecord
        var state: State
    }

    private var slots: [Slot] = []
    /// How many slots were taken before the first of `slots`.
    private var taken = 0
    private var waiting: [Group: [Int]] = [:]
    private(set) var byteCount = 0

    mutating func append(_ record: JournalRecord, group: Group? = nil) {
        if let group {
            waiting[group, default: []].append(taken + slots.count)
            slots.append(Slot(record: record, state: .waiting(group)))
        } else {
            slots.append(Slot(record: record, state: .ready))
        }
        byteCount &+= Self.byteCount(of: record)
    }

    /// The numbers and records of a group, in order.
    func records(of group: Group) -> [(number: Int, record: JournalRecord)] {
        (waiting[group] ?? []).map { ($0, slots[$0 - taken].record) }
    }

    var allGroups: [Group] { Array(waiting.keys) }

    /// The group that holds up all others.
    var first: Group? {
        guard let slot = slots.first, case .waiting(let group) = slot.state else { return nil }
        return group
    }

    /// The newest records of a group, the newest first.
    func newest(of group: Group) -> some Sequence<JournalRecord> {
        (waiting[group] ?? []).lazy.reversed().map { slots[$0 - taken].record }
    }

    /// Puts what a record became in its place. The records of a group are settled from the last one on.
    mutating func settle(_ number: Int, _ record: JournalRecord) {
        let index = number - taken
        guard slots.indices.contains(index), case .waiting(let group) = slots[index].state else { return }
        byteCount &-= Self.byteCount(of: slots[index].record)
        byteCount &+= Self.byteCount(of: record)
        slots[index] = Slot(record: record, state: .ready)
        if waiting[group]?.last == number {
            waiting[group]?.removeLast()
        } else {
            waiting[group]?.removeAll { $0 == number }
        }
        if waiting[group]?.isEmpty ?? false { waiting[group] = nil }
    }

    /// Takes the records that are ready, up to the first that waits.
    mutating func takeReady() -> [JournalRecord] {
        var count = 0
        ready: while count < slots.count {
            switch slots[count].state {
            case .waiting: break ready
            case .ready: count += 1
            }
        }
        guard count > 0 else { return [] }
        let ready = slots[..<count].map(\.record)
        slots.removeFirst(count)
        taken += count
        for record in ready { byteCount &-= Self.byteCount(of: record) }
        return ready
    }

    private static func byteCount(of record: JournalRecord) -> Int {
        switch record {
        case .frame(_, let payload): 200 + payload.count
        case .http(_, let bytes): 200 + bytes.count
        case .socket, .gap, .note, .checkpoint: 400
        }
    }
}

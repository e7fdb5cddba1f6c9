import LiveViewWire

/// What is wrong with the params that a client sent.
enum ParamsError: Error, CustomStringConvertible {
    case tooMany(limit: Int)
    case tooDeep(limit: Int)

    var description: String {
        switch self {
        case .tooMany(let limit): "more than \(limit) params"
        case .tooDeep(let limit): "params nested more than \(limit) deep"
        }
    }
}

/// Builds nested params of flat names: `user[name]=Ann&tags[]=a&tags[]=b`.
struct FormParams {
    private indirect enum Node {
        case text(String)
        case list([String])
        case members([(key: String, node: Node)])

        var json: JSONValue {
            switch self {
            case .text(let text): .string(text)
            case .list(let texts): .array(texts.map { .string($0) })
            case .members(let members): .object(members.map { JSONValue.Member($0.key, $0.node.json) })
            }
        }

        /// Puts a value at the end of a path. Where the path contradicts what is there, the later wins.
        mutating func set(_ path: ArraySlice<String>, _ value: String) {
            guard let key = path.first else {
                self = .text(value)
                return
            }
            if key.isEmpty {
                guard case .list(let texts) = self else {
                    self = .list([value])
                    return
                }
                self = .list(texts + [value])
                return
            }
            var members: [(key: String, node: Node)] = []
            if case .members(let known) = self { members = known }
            self = .text("")
            if let index = members.firstIndex(where: { $0.key == key }) {
                members[index].node.set(path.dropFirst(), value)
            } else {
                var node = Node.members([])
                node.set(path.dropFirst(), value)
                members.append((key, node))
            }
            self = .members(members)
        }
    }

    /// The path that a name says: `user[address][city]`. A name that is not well-formed is a path of itself.
    static func path(of name: String) -> [String] {
        guard let open = name.firstIndex(of: "["), open != name.startIndex, name.last == "]" else { return [name] }
        var path = [String(name[..<open])]
        var rest = name[open...]
        while let first = rest.first {
            guard first == "[", let close = rest.firstIndex(of: "]") else { return [name] }
            path.append(String(rest[rest.index(after: rest.startIndex)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return path
    }

    static func nested(
        _ pairs: [(name: String, value: String)], limits: LiveLimits
    ) throws(ParamsError) -> JSON {
        guard pairs.count <= limits.maximumParams else { throw .tooMany(limit: limits.maximumParams) }
        var root = Node.members([])
        for (name, value) in pairs {
            let path = path(of: name)
            guard path.count <= limits.maximumParamDepth else { throw .tooDeep(limit: limits.maximumParamDepth) }
            // A field without a name says nothing.
            if path.first?.isEmpty == false { root.set(path[...], value) }
        }
        return JSON(root.json)
    }
}

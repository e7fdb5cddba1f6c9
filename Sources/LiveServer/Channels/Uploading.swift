import LiveViewWire

/// One file on its way: the channel `lvu:` and the entry's ref.
final class UploadChannel {
    let topic: String
    let joinRef: String
    let entry: String
    let upload: LiveUpload
    let view: ViewChannel

    init(topic: String, joinRef: String, entry: String, upload: LiveUpload, view: ViewChannel) {
        self.topic = topic
        self.joinRef = joinRef
        self.entry = entry
        self.upload = upload
        self.view = view
    }

    /// The client left before the file was whole.
    func left() {
        if upload.entries.contains(where: { $0.id == entry && $0.progress < 100 }) { upload.fail(entry) }
    }
}

extension ViewChannel {
    func allow(_ upload: LiveUpload, as name: String, component: ComponentID?) {
        let ref = app.newID(for: "upload \(environment.randomName) \(topic)")
        upload.allowed(as: name, ref: ref, by: self, component: component)
        parts.uploads[ref] = upload
        willEnd { upload.release() }
    }

    /// The file input, with its state as the client wants it.
    func fileInput(_ upload: LiveUpload, attributes: StaticString, component: ComponentID?) throws -> String {
        guard parts.uploads[upload.ref] === upload else { throw RenderError.uploadNotAllowed }
        func refs(_ isIn: (LiveUpload.Entry) -> Bool) -> String {
            upload.entries.filter(isIn).map(\.id).joined(separator: ",")
        }
        let html: HTML = """
            <input id="\(upload.ref)" type="file" name="\(upload.name)"\
            \(attribute: "accept", upload.accept.isEmpty ? nil : upload.accept.joined(separator: ","))\
            \(attribute: "multiple", if: upload.maximumEntries > 1) data-phx-hook="Phoenix.LiveFileUpload" \
            data-phx-update="ignore" data-phx-upload-ref="\(upload.ref)" data-phx-active-refs="\(refs { _ in true })" \
            data-phx-done-refs="\(refs(\.isDone))" data-phx-preflighted-refs="\(refs(\.isPreflighted))"\
            \(attribute: "data-phx-auto-upload", if: upload.startsAtOnce)\
            \(raw: attributes.utf8CodeUnitCount > 0 ? " \(attributes)" : "")>
            """
        return String(decoding: try LiveTree(Render(root: html.template)).html(), as: UTF8.self)
    }

    /// The files that a form event says are chosen.
    func selected(_ uploads: JSONValue) {
        guard case .object(let members) = uploads, let parts = partsIfAny else { return }
        for member in members {
            guard let upload = parts.uploads[member.key], case .array(let entries) = member.value else { continue }
            upload.select(entries.prefix(1000).compactMap { LiveUpload.Entry($0) })
        }
    }

    /// The client asks whether it may send files: it gets a token for each.
    func allowUpload(_ head: ChannelHead, _ payload: JSONValue) throws {
        guard let ref = payload["ref"]?.string, let upload = partsIfAny?.uploads[ref],
            case .array(let chosen)? = payload["entries"]
        else {
            return refuseUpload(payload["ref"] ?? .null, [["0", "unknown_upload"]])
        }
        let entries = chosen.prefix(1000).compactMap { LiveUpload.Entry($0) }
        upload.select(entries)
        guard upload.problems.isEmpty else {
            let errors = JSONValue.array(entries.map { [.string($0.id), .string(Problem.tooManyFiles.rawValue)] })
            return refuseUpload(.string(ref), errors)
        }
        var tokens: [JSONValue.Member] = []
        var errors: [JSONValue.Member] = []
        for entry in upload.entries where entries.contains(where: { $0.id == entry.id }) {
            if let external = upload.external, entry.problems.isEmpty {
                let place: JSON
                do {
                    place = try external(entry)
                } catch let refusal as ExternalUploadRefusal {
                    upload.update(entry.id) { $0.problems = [.failed] }
                    return refuseUpload(.string(ref), [[.string(entry.id), refusal.reason.value]])
                }
                tokens.append(JSONValue.Member(entry.id, place.value))
                upload.update(entry.id) {
                    $0.isPreflighted = true
                    $0.external = place
                }
            } else if entry.problems.isEmpty {
                let content: JSONValue = [
                    "v": .string(topic), "j": .string(joinRef), "u": .string(ref),
                    "e": .string(entry.id),
                ]
                let token = app.tokens.sign(content, for: .upload, at: app.now)
                tokens.append(JSONValue.Member(entry.id, .string(token)))
                upload.update(entry.id) { $0.isPreflighted = true }
            } else {
                let problems = entry.problems.map { JSONValue.string($0.rawValue) }
                errors.append(JSONValue.Member(entry.id, .array(problems)))
            }
        }
        parts.uploadResponse = { Self.preflight(upload, tokens: tokens, errors: errors, diff: $0) }
    }

    private func refuseUpload(_ ref: JSONValue, _ error: JSONValue) {
        parts.uploadResponse = { diff in
            var json = JSONWriter()
            json.beginObject()
            json.key("ref")
            json.value(ref)
            json.key("error")
            json.value(error)
            if let diff {
                json.key("diff")
                json.raw(diff.span)
            }
            json.endObject()
            return json.bytes
        }
    }

    private typealias Problem = LiveUpload.Problem

    private static func preflight(
        _ upload: LiveUpload, tokens: [JSONValue.Member], errors: [JSONValue.Member], diff: [UInt8]?
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("ref")
        json.string(upload.ref)
        json.key("config")
        json.value([
            "chunk_size": .number("\(upload.chunkSize)"), "chunk_timeout": 10_000,
            "max_entries": .number("\(upload.maximumEntries)"), "max_file_size": .number("\(upload.maximumFileSize)"),
        ])
        json.key("entries")
        json.value(.object(tokens))
        json.key("errors")
        json.value(.object(errors))
        if let diff {
            json.key("diff")
            json.raw(diff.span)
        }
        json.endObject()
        return json.bytes
    }

    /// The client says how far a file is.
    func progressed(_ payload: JSONValue) throws {
        guard let ref = payload["ref"]?.string, let entry = payload["entry_ref"]?.string,
            let upload = partsIfAny?.uploads[ref]
        else { return }
        if let progress = payload["progress"]?.integer {
            // It is done when all of it is here, whatever the client says.
            let most = upload.isWhole(entry) ? 100 : 99
            upload.update(entry) { $0.progress = min(max(progress, 0), most) }
        } else {
            upload.update(entry) { $0.problems = [.failed] }
        }
        guard let name = upload.progressEvent, let now = upload.entries.first(where: { $0.id == entry }) else { return }
        let event = LiveEvent(
            name: name,
            value: ["upload": JSON(upload.name), "id": JSON(entry), "progress": JSON(now.progress)])
        if let component = upload.component, let box = partsIfAny?.components.boxes[component] {
            try box.handle(event: event, self, component)
        } else {
            try handle(event: event)
        }
    }

    /// The file was taken or dropped: its channel closes.
    func closeUpload(_ ref: String, entry: String) { socket?.closeUpload(of: self, ref, entry: entry) }
}

extension SocketSession {
    func joinUpload(_ head: ChannelHead, _ joinRef: String, token: String) {
        func refuse(_ text: String) {
            reply(to: head, joinRef: joinRef, status: "error", SocketSession.reason(text))
        }
        let content = app.tokens.verify(
            token, for: .upload, at: app.now, lifetime: app.configuration.tokenLifetime)
        guard let content, let entry = content["e"]?.string, head.topic == "lvu:\(entry)",
            let view = view(content["v"]?.string ?? ""), view.joinRef == content["j"]?.string,
            let upload = view.partsIfAny?.uploads[content["u"]?.string ?? ""]
        else { return refuse("invalid_token") }
        guard !uploads.contains(where: { $0.topic == head.topic }) else { return refuse("already_registered") }
        guard upload.entries.contains(where: { $0.id == entry && $0.problems.isEmpty }) else {
            return refuse("disallowed")
        }
        do {
            try upload.beginWriting(entry)
        } catch {
            app.log(.uploadFailed, "\(error)", view: view.id)
            upload.fail(entry)
            return refuse("writer_error")
        }
        uploads.append(
            UploadChannel(topic: head.topic, joinRef: joinRef, entry: entry, upload: upload, view: view))
        reply(to: head, joinRef: joinRef, SocketSession.empty)
    }

    func receive(chunk: [UInt8], _ channel: UploadChannel, _ head: ChannelHead) {
        let limit = app.configuration.limits.maximumUploadBytes
        // What is written is not held.
        let held = channel.upload.writer == nil ? chunk.count : 0
        do {
            guard uploadedBytes + held <= limit, try channel.upload.append(chunk, to: channel.entry) else {
                let size = held == 0 ? channel.upload.maximumFileSize : min(limit, channel.upload.maximumFileSize)
                let response = SocketSession.json(["reason": "file_size_limit_exceeded", "limit": .number("\(size)")])
                return reply(to: head, joinRef: channel.joinRef, status: "error", response)
            }
        } catch {
            app.log(.uploadFailed, "\(error)", view: channel.view.id)
            channel.upload.fail(channel.entry)
            return reply(to: head, joinRef: channel.joinRef, status: "error", SocketSession.reason("writer_error"))
        }
        uploadedBytes += held
        reply(to: head, joinRef: channel.joinRef, SocketSession.empty)
    }

    func closeUpload(of view: ViewChannel, _ ref: String, entry: String) {
        guard let channel = uploads.first(where: { $0.view === view && $0.entry == entry && $0.upload.ref == ref })
        else { return }
        uploads.removeAll { $0 === channel }
        push(
            ChannelEvent.close, topic: channel.topic, joinRef: channel.joinRef, ref: channel.joinRef,
            SocketSession.empty)
    }
}

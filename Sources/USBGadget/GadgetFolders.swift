import Glibc

/// Carries out a ``GadgetPlan`` on this machine.
package struct GadgetFolders: Sendable {
    let plan: GadgetPlan
    let places: GadgetPlan.Places

    package init(plan: GadgetPlan, places: GadgetPlan.Places) {
        (self.plan, self.places) = (plan, places)
    }

    /// Makes the gadget's folders anew, up to its mounted FunctionFS. What a process that was killed left of the same
    /// gadget goes first.
    ///
    /// - Throws: ``GadgetError``; nothing that was there before is changed where it is somebody else's.
    package func make() throws(GadgetError) {
        try findGadgets()
        try refuseForeign()
        try remove()
        do throws(GadgetError) {
            for step in plan.setUp { try perform(step) }
        } catch {
            // What went wrong matters more than what is left, which the next run cleans up.
            try? remove()
            throw error
        }
    }

    /// Takes the gadget's folders away, as far as they are there.
    func remove() throws(GadgetError) {
        for step in plan.tearDown {
            do throws(SystemCallFailure) {
                try Self.carryOut(step)
            } catch {
                switch (step, error.number) {
                case (_, ENOENT): break
                // Nothing is mounted there, or it was not bound.
                case (.unmount, EINVAL), (.write, ENODEV): break
                default: throw GadgetError(error)
                }
            }
        }
    }

    /// Plugs the gadget in at a controller.
    func bind(to controller: String) throws(GadgetError) {
        do throws(SystemCallFailure) {
            try Self.carryOut(plan.binding(to: controller))
        } catch {
            switch error.number {
            case EBUSY: throw .controllerBusy(controller, holder: holder(of: controller))
            case ENODEV: throw .noController(controller, among: controllers())
            default: throw GadgetError(error)
            }
        }
    }

    /// Pulls the gadget out. It may be out already.
    func unbind() {
        try? Self.carryOut(plan.unbinding)
    }

    /// The controller to plug in at: the one that was asked for, else the only one that is free.
    package func controller(_ wanted: String?) throws(GadgetError) -> String {
        let names = controllers()
        if let wanted {
            guard names.contains(wanted) else { throw .noController(wanted, among: names) }
            return wanted
        }
        guard let first = names.first else { throw .noController }
        let free = names.filter { holder(of: $0) == nil }
        guard let only = free.first else { throw .controllerBusy(first, holder: holder(of: first)) }
        guard free.count == 1 else { throw .severalControllers(free) }
        return only
    }

    private func controllers() -> [String] {
        (try? SystemCall.names(in: places.controllers)) ?? []
    }

    /// Which gadget has the controller; nil where none in configfs has it, or it is this one's own rest.
    private func holder(of controller: String) -> String? {
        let gadgets = (try? SystemCall.names(in: places.gadgets)) ?? []
        return gadgets.first { gadget in
            let folder = "\(places.gadgets)/\(gadget)"
            return folder != plan.folder && (try? SystemCall.read("\(folder)/UDC")) == controller
        }.map { "the gadget \($0)" }
    }

    private func findGadgets() throws(GadgetError) {
        guard !SystemCall.exists(places.gadgets) else { return }
        // systemd mounts it; a board with another init may not.
        try? SystemCall.mount("configfs", type: "configfs", at: places.configFS)
        guard SystemCall.exists(places.gadgets) else { throw geteuid() == 0 ? .noGadgets : .notPermitted("configfs") }
    }

    private func refuseForeign() throws(GadgetError) {
        for (folder, ours) in [("functions", plan.function), ("configs", plan.configuration)] {
            let names = (try? SystemCall.names(in: "\(plan.folder)/\(folder)")) ?? []
            if let other = names.first(where: { $0 != ours }) {
                throw .foreign(plan.folder, "\(folder)/\(other)")
            }
        }
    }

    private func perform(_ step: GadgetPlan.Step) throws(GadgetError) {
        do throws(SystemCallFailure) {
            try Self.carryOut(step)
        } catch {
            switch (step, error.number) {
            // The kernel looks for a function of this kind when its folder is made, and loads it if it can.
            case (.makeDirectory(let path), ENOENT) where path.hasSuffix("/functions/\(plan.function)"):
                throw .noFunctionFS
            case (.mount, ENODEV): throw .noFunctionFS
            default: throw GadgetError(error)
            }
        }
    }

    private static func carryOut(_ step: GadgetPlan.Step) throws(SystemCallFailure) {
        switch step {
        case .makeDirectory(let path): try SystemCall.makeDirectory(path)
        case .removeDirectory(let path): try SystemCall.removeDirectory(path)
        case .write(let text, let path): try SystemCall.write(text, to: path)
        case .link(let from, let to): try SystemCall.link(from: from, to: to)
        case .removeLink(let path): try SystemCall.removeLink(path)
        case .mount(let source, let path): try SystemCall.mount(source, type: "functionfs", at: path)
        case .unmount(let path): try SystemCall.unmount(path)
        }
    }
}

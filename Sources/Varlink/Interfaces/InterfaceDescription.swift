/// An interface as its description text declares it: the contract that clients read.
package struct InterfaceDescription: Equatable, Sendable {
    /// The interface's name, such as `org.varlink.service`.
    package let name: String
    /// The declared types, in the text's order.
    package let types: [TypeDeclaration]
    /// The declared methods, in the text's order.
    package let methods: [MethodDeclaration]
    /// The declared errors, in the text's order.
    package let errors: [ErrorDeclaration]
    /// The text itself, as it is handed to clients.
    package let text: String

    /// `type Name (…)`.
    package struct TypeDeclaration: Equatable, Sendable {
        /// The type's name.
        package let name: String
        /// What it stands for.
        package let type: TypeExpression
    }

    /// `method Name(…) -> (…)`.
    package struct MethodDeclaration: Equatable, Sendable {
        /// The method's name.
        package let name: String
        /// What it takes.
        package let parameters: [Field]
        /// What it gives.
        package let reply: [Field]
    }

    /// `error Name (…)`.
    package struct ErrorDeclaration: Equatable, Sendable {
        /// The error's name.
        package let name: String
        /// What goes with it.
        package let parameters: [Field]
    }

    /// `name: type`.
    package struct Field: Equatable, Sendable {
        /// The field's name.
        package let name: String
        /// The field's type.
        package let type: TypeExpression
    }
}

/// A type in an interface description.
package indirect enum TypeExpression: Equatable, Sendable {
    /// `bool`.
    case boolean
    /// `int`.
    case integer
    /// `float`.
    case float
    /// `string`.
    case string
    /// `object`: any JSON object.
    case object
    /// The name of a declared type.
    case named(String)
    /// `?type`.
    case optional(TypeExpression)
    /// `[]type`.
    case array(TypeExpression)
    /// `[string]type`.
    case dictionary(TypeExpression)
    /// `(name: type, …)`.
    case structure([InterfaceDescription.Field])
    /// `(name, …)`.
    case enumeration([String])
}

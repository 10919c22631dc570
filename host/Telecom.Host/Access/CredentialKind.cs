namespace Telecom.Host.Access;

/// <summary>What a request shows to say who sent it.</summary>
internal enum CredentialKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An API key.</summary>
    Key,

    /// <summary>A token of an identity provider.</summary>
    Token,

    /// <summary>Something that is neither.</summary>
    Unreadable,
}

namespace Telecom.Host.Access;

/// <summary>What a caller may do.</summary>
[Flags]
internal enum Scopes
{
    /// <summary>Nothing but to ask about himself.</summary>
    None = 0,

    /// <summary>Look at everything that is not about access.</summary>
    Read = 1,

    /// <summary>Ask tasks and models for answers.</summary>
    Predict = 2,

    /// <summary>Create, change and run jobs.</summary>
    JobsWrite = 4,

    /// <summary>Add, switch and remove plugins.</summary>
    PluginsAdmin = 8,

    /// <summary>Load, pin, promote and unload weights.</summary>
    ModelsWrite = 16,

    /// <summary>Keys and the audit trail; includes every other scope.</summary>
    Admin = 32,
}

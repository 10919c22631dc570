namespace Telecom.Host.Rest.Operations;

/// <summary>Where an operation stands.</summary>
internal enum OperationState
{
    /// <summary>It waits for its turn.</summary>
    NotStarted,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has a result.</summary>
    Succeeded,

    /// <summary>It has an error.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}

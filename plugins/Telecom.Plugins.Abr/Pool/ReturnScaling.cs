namespace Telecom.Plugins.Abr.Pool;

/// <summary>How returns become the number that a return-conditioned policy sees.</summary>
internal enum ReturnScaling
{
    /// <summary>Divided by the pool's largest return: the best session of the pool starts at 1.</summary>
    Unit,

    /// <summary>Divided by 1000, as NetLLM does: returns of a whole pool differ by a few hundredths.</summary>
    Reference,
}

namespace Telecom.Modeling.Adapters;

/// <summary>How SoRA's threshold moves from its first to its last value over a run.</summary>
public enum SoraSchedule
{
    /// <summary>In equal steps.</summary>
    Linear,

    /// <summary>The logarithm of equal steps of e^λ: fast first.</summary>
    LogLinear,

    /// <summary>The exponential of equal steps of ln λ: slow first.</summary>
    ExpLinear,
}

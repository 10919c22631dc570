namespace Telecom.Modeling.Adapters;

/// <summary>Which weights a SHiRA adapter changes.</summary>
public enum ShiraMask
{
    /// <summary>Drawn at random.</summary>
    Random,

    /// <summary>The diagonal, then whole rows and columns by turns.</summary>
    Struct,

    /// <summary>Those of largest |W|.</summary>
    Magnitude,

    /// <summary>Those of largest |G|, G the gradient of the loss by W.</summary>
    Gradient,

    /// <summary>Those of largest |W G|.</summary>
    Snip,
}

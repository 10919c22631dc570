namespace Telecom.Modeling.Bases;

/// <summary>How a model stretches rotary positions beyond the length it was first trained on.</summary>
public abstract record RopeScaling
{
    /// <summary>The scaled frequency.</summary>
    /// <param name="frequency">f_j in radians per position.</param>
    public abstract double Scale(double frequency);

    /// <returns>Everything that is wrong, in the words of <c>config.json</c>.</returns>
    internal abstract IEnumerable<string> Problems();
}

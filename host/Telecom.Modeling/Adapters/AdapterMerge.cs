namespace Telecom.Modeling.Adapters;

/// <summary>How several low-rank adapters become one.</summary>
public enum AdapterMerge
{
    /// <summary>Factors stacked: exactly Σ w ΔW, at the sum of the ranks.</summary>
    Cat,

    /// <summary>Factors summed at equal ranks, which leaves cross terms; kept because PEFT has it.</summary>
    Linear,

    /// <summary>Exactly Σ w ΔW, cut to the leading singular values.</summary>
    Svd,

    /// <summary>Factors trimmed to their largest entries and averaged where their signs agree with the majority.</summary>
    Ties,

    /// <summary>Factors thinned at random, then summed.</summary>
    DareLinear,

    /// <summary>Factors thinned at random, then averaged where their signs agree with the majority.</summary>
    DareTies,

    /// <summary><see cref="Ties"/> on ΔW, cut to the leading singular values.</summary>
    TiesSvd,

    /// <summary><see cref="DareLinear"/> on ΔW, cut to the leading singular values.</summary>
    DareLinearSvd,

    /// <summary><see cref="DareTies"/> on ΔW, cut to the leading singular values.</summary>
    DareTiesSvd,
}

namespace Telecom.Modeling.Adapters.Mixtures;

/// <summary>Numbers of DynMoLE's router.</summary>
internal sealed record EntropyRoutingSettings
{
    private const string OrderOption = "q";
    private const string ThresholdOption = "threshold";
    private const string TopPOption = "top-p";
    private const string KeepOption = "keep";
    private const string EntropyOption = "entropy-loss";
    private const string BalanceOption = "balance-loss";

    /// <summary>q, above 0.</summary>
    public double Order { get; init; } = 1.1;

    /// <summary>τ: entropy above which all experts take part.</summary>
    public double Threshold { get; init; } = 1.1;

    /// <summary>Sum of probabilities up to which experts take part, in (0, 1].</summary>
    public double TopP { get; init; } = 0.75;

    /// <summary>Experts that take part at least.</summary>
    public int KeepTopK { get; init; } = 2;

    /// <summary>Coefficient of the mean entropy in the loss.</summary>
    public double EntropyLoss { get; init; } = 1e-2;

    /// <summary>Coefficient of E Σ mean(w) mean(p) in the loss.</summary>
    public double BalanceLoss { get; init; } = 1e-2;

    /// <summary>The numbers by name.</summary>
    public IReadOnlyDictionary<string, double> Options => new Dictionary<string, double>
    {
        [OrderOption] = Order,
        [ThresholdOption] = Threshold,
        [TopPOption] = TopP,
        [KeepOption] = KeepTopK,
        [EntropyOption] = EntropyLoss,
        [BalanceOption] = BalanceLoss,
    };

    /// <exception cref="Telecom.Sdk.Errors.TelecomException">A number is out of range.</exception>
    public static EntropyRoutingSettings From(MethodOptions options)
    {
        var usual = new EntropyRoutingSettings();
        return new EntropyRoutingSettings
        {
            Order = options.Number(OrderOption, usual.Order, 0.01, 10),
            Threshold = options.Number(ThresholdOption, usual.Threshold, 0, 100),
            TopP = options.Number(TopPOption, usual.TopP, 0.01, 1),
            KeepTopK = options.Integer(KeepOption, usual.KeepTopK, 1, MixtureMethod.MostExperts),
            EntropyLoss = options.Number(EntropyOption, usual.EntropyLoss, 0, 1e3),
            BalanceLoss = options.Number(BalanceOption, usual.BalanceLoss, 0, 1e3),
        };
    }
}

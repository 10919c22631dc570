using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Pool;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Windows of an experience pool; after every epoch the policy plays the validation sessions side by side.</summary>
internal sealed class PolicyTrainingData : ITrainingData
{
    // Of lowered targets. What is left of a target of 1 differs between traces: closer to 1, a lowered target could not be told from a good trace.
    private const double HighestLowered = 0.75;

    private readonly string method;
    private readonly PolicyExperience experience;
    private readonly PolicyRecipe recipe;
    private readonly PolicyModules modules;
    private readonly PoolWindows windows;
    private readonly WindowLabels labels;
    private readonly bool showsTarget;
    private readonly double relaxed;

    /// <param name="method">Id of the policy.</param>
    /// <param name="experience">Pool and validation sessions.</param>
    /// <param name="settings">Settings of the method.</param>
    /// <param name="recipe">Its recipe; the returns are measured here.</param>
    /// <param name="modules">Its modules.</param>
    public PolicyTrainingData(string method, PolicyExperience experience, SettingValues settings, PolicyRecipe recipe, PolicyModules modules)
    {
        (this.method, this.experience, this.modules) = (method, experience, modules);
        this.recipe = recipe with { Returns = ReturnToGo.Of(experience.Pool.Rewards, experience.Pool.Done, recipe.Scaling) };
        windows = new(experience.Pool, this.recipe);
        labels = new(experience.Pool, settings);
        showsTarget = settings.Choice(LearnedSettings.Conditioning, "target", "recorded") == "target";
        relaxed = labels.HasScores ? settings.Number(LearnedSettings.Relaxed, 0, 1) : 0;
        var wanted = settings.Integer(LearnedSettings.Windows, 0, 100_000_000);
        Examples = wanted > 0 ? wanted : (experience.Pool.Count + windows.Steps - 1) / windows.Steps;
    }

    public int Examples { get; }

    public string Description => experience.Description;

    public string Fingerprint => experience.Fingerprint;

    public string MetricName => "qoe";

    public bool LowerIsBetter => false;

    public IReadOnlyDictionary<string, string> MeasuredSettings => PolicyRecipe.Describe(recipe.Returns!);

    public Tensor Loss(ReadOnlySpan<int> examples, TrainingPass pass)
    {
        var (starts, targets) = (new int[examples.Length], new double[showsTarget ? examples.Length : 0]);
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = windows.Draw(examples[i], Examples, pass.Random);
        }

        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = pass.Random.NextDouble() < relaxed ? HighestLowered * pass.Random.NextDouble() : 1;
        }

        var logits = modules.AllLevels(windows.Of(starts, targets), pass.Backbone);
        return labels.Loss(logits, starts, windows.Steps, targets);
    }

    /// <returns>Mean QoE of the validation sessions.</returns>
    public double Validate(TrainingPass pass, CancellationToken cancellationToken)
    {
        var valid = experience.Valid;
        var sessions = valid.Sessions.Select(spec => new PlaySession(spec, valid.Profile, experience.Seed)).ToArray();
        LockStep.Play(sessions, valid.Profile, new Player(this, pass.Backbone), targetScale: null, progress: null, cancellationToken);
        return sessions.Average(session => session.Summarise().Qoe);
    }

    public void Dispose()
    {
    }

    /// <summary>The policy as it stands.</summary>
    private sealed class Player(PolicyTrainingData data, IBackbone? backbone) : IMethod<AbrRequest, AbrDecision>
    {
        public void Predict(ReadOnlySpan<AbrRequest> batch, Span<AbrDecision> results)
        {
            using var scope = NewDisposeScope();
            LevelChoice.Write(data.method, data.modules.LastLevels(RequestWindow.Of(batch, data.recipe), backbone), batch, results);
        }
    }
}

using TorchSharp;

namespace Telecom.Modeling.Training;

/// <summary>One tensor the optimiser may change.</summary>
/// <param name="Name">Unique name: a module's state name, or PEFT's name of an adapter factor.</param>
/// <param name="Value">The tensor.</param>
/// <param name="WeightDecay">Decoupled weight decay; 0 for adapters, biases and norms.</param>
/// <param name="RateRatio">Learning rate as a multiple of the run's.</param>
internal sealed record TrainableParameter(string Name, torch.Tensor Value, double WeightDecay, double RateRatio = 1);

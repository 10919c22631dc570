using Telecom.Sdk.Methods;

namespace Telecom.Sdk.Training;

/// <summary>The surroundings of one loss or validation call.</summary>
/// <param name="Backbone">The shared base with this method's adapter attached; null for network methods.</param>
/// <param name="Random">Seeded source of augmentation and sampling; its state is part of a resumable checkpoint.</param>
public sealed record TrainingPass(IBackbone? Backbone, Random Random);

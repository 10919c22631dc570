using Telecom.Sdk.Datasets;
using Telecom.Sdk.Methods;

namespace Telecom.Sdk.Measurements;

/// <summary>What a speed suite may use.</summary>
/// <param name="Datasets">The datasets of this host; measurements use generated ones.</param>
/// <param name="Methods">The methods of the task.</param>
public sealed record SpeedContext<TIn, TOut>(IDatasetCatalog Datasets, IMethodSource<TIn, TOut> Methods);

using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>Adapter of both recipes: of low rank unless another method is chosen, on the query and value projections (NetLLM, section 5.1).</summary>
internal static class LearnedAdapter
{
    public static AdapterOptions From(SettingValues settings) => new()
    {
        Method = settings.Text(LearnedSettings.AdapterMethod),
        LearningRateRatio = settings.Number(LearnedSettings.AdapterRateRatio, 0, 1000),
        Rank = settings.Integer(LearnedSettings.Rank, 1, 1024),
        Alpha = settings.Number(LearnedSettings.Alpha, 0, 1e6),
        Dropout = settings.Number(LearnedSettings.AdapterDropout, 0, 0.99),
    };
}

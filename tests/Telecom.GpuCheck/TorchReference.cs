using System.Diagnostics;
using System.Globalization;
using Telecom.Modeling.Bases;

namespace Telecom.GpuCheck;

/// <summary>The same decoder in PyTorch, timed by an installed Python; nothing is found where there is none.</summary>
internal static class TorchReference
{
    // Arguments: device, element type, threads, d, L, H, K, head, ffn, then rows,tokens pairs. Prints one median in milliseconds per pair.
    private const string Program =
        """
        import sys, time, torch
        import torch.nn.functional as F
        device, (threads, d, L, H, K, s, f) = sys.argv[1], map(int, sys.argv[3:10])
        kind = {"device": device, "dtype": getattr(torch, sys.argv[2])}
        if threads: torch.set_num_threads(threads)
        torch.backends.cuda.matmul.allow_tf32 = False
        w = lambda o, i: torch.randn(o, i, **kind) * 0.02
        layers = [(w(H*s, d), w(K*s, d), w(K*s, d), w(d, H*s), w(f, d), w(f, d), w(d, f)) for _ in range(L)]
        one = torch.ones(d, **kind)
        norm = lambda x: (x.float() * (x.float().square().mean(-1, True) + 1e-5).rsqrt()).to(one.dtype) * one
        def turn(z, c, n):
            a, b = z.chunk(2, -1)
            return z * c + torch.cat([-b, a], -1) * n
        def forward(h):
            B, T, _ = h.shape
            angle = torch.arange(T, device=device)[:, None] * 1e4 ** (-torch.arange(0, s, 2, device=device) / s)
            c, n = (torch.cat([x] * 2, -1).to(one.dtype) for x in (angle.cos(), angle.sin()))
            for q, k, v, o, g, u, e in layers:
                a = norm(h)
                q, k, v = (F.linear(a, m).view(B, T, -1, s).transpose(1, 2) for m in (q, k, v))
                k, v = (x.repeat_interleave(H // K, 1) for x in (turn(k, c, n), v))
                y = F.scaled_dot_product_attention(turn(q, c, n), k, v, is_causal=True)
                h = h + F.linear(y.transpose(1, 2).reshape(B, T, -1), o)
                m = norm(h)
                h = h + F.linear(F.silu(F.linear(m, g)) * F.linear(m, u), e)
            return norm(h)
        wait = torch.cuda.synchronize if device.startswith("cuda") else lambda: None
        with torch.inference_mode():
            for pair in sys.argv[10:]:
                x = torch.randn(*map(int, pair.split(",")), d, **kind)
                times = []
                for _ in range(13):
                    wait(); t = time.perf_counter(); forward(x); wait(); times.append(time.perf_counter() - t)
                print(sorted(times[3:])[5] * 1000)
        """;

    /// <returns>Milliseconds by rows and tokens; empty where Python, torch or the device is missing.</returns>
    public static Dictionary<(int Rows, int Tokens), double> Time(
        CheckContext context, BaseConfiguration configuration, string type, IReadOnlyList<(int Rows, int Tokens)> shapes)
    {
        int[] sizes =
        [
            context.Options.Threads, configuration.HiddenSize, configuration.LayerCount, configuration.HeadCount,
            configuration.KeyValueHeadCount, configuration.HeadSize, configuration.FeedForwardSize,
        ];
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", Program, context.Options.Device, type }
            .Concat(sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)))
            .Concat(shapes.Select(shape => string.Create(CultureInfo.InvariantCulture, $"{shape.Rows},{shape.Tokens}"))))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            return process.ExitCode == 0 && lines.Length == shapes.Count
                ? shapes.Zip(lines).ToDictionary(pair => pair.First, pair => double.Parse(pair.Second, CultureInfo.InvariantCulture))
                : [];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];
        }
    }
}

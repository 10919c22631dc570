using System.CommandLine;
using Telecom.Host.Documents;
using Telecom.Host.Models;
using Telecom.Host.Terminal;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tokens;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary><c>models forward --base DIR [--adapter [NAME=]DIR]… --input FILE|-</c>: tokens or embeddings through a base and adapters.</summary>
internal static class ModelsForwardCommand
{
    private const string Details =
        """
        Input: {"input_ids":[[…]], "attention_mask":[[…]]?, "position_ids":[[…]]?, "adapters":["name"|null,…]?, "greedy":12?}
               or "inputs_embeds":[[[…]]], or "text":["…"] where a tokenizer lies beside the base
        Output: {"logits":[[…]] behind the last real token of each row, "hidden":…?, "tokens":[[…]]?, "input_ids":…?, "text":["…"]?}

        Examples:
          telecom models forward --base llama/ --input request.json
          echo '{"input_ids":[[5,6,7],[5,6,7]],"adapters":["a",null],"greedy":8}' |
            telecom models forward --base llama/ --adapter a=lora/ --input -
        """;

    public static Command Create(HostOptions host, Shell shell)
    {
        var input = VerbOptions.Input();
        var adapter = new Option<string[]>("--adapter")
        {
            Description = "Adapter that rows can use under this name, by default the folder's; may be repeated. The only one serves rows that name none.",
            HelpName = $"[NAME=]{AdapterReference.Help}",
        };
        var command = new VerbCommand("forward", "Runs tokens, text or embeddings through a base and writes JSON.", Details) { input, adapter };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var folders = Folders(parse.GetValue(adapter) ?? [], host.StateDirectory(parse));
            var tokenizer = Tokenizer(host.BaseFolder(parse), shell);
            var body = await shell.ReadAsync(parse.GetRequiredValue(input), cancellationToken);
            var answer = await host.RunOnBaseAsync(parse, model => Run(model, body, folders, tokenizer, cancellationToken), cancellationToken);
            shell.WriteJson(answer, ForwardJson.Default.ForwardDocument);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static ForwardDocument Run(
        BaseModel model, byte[] body, Dictionary<string, string> folders, TextTokenizer? tokenizer, CancellationToken cancellationToken)
    {
        var request = ForwardRequest.Read(body, model.Configuration, tokenizer, folders.Keys);
        var adapters = new Dictionary<string, Adapter>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, folder) in folders)
            {
                adapters.Add(name, PeftFolder.Open(folder).Load(model.Weights));
            }

            return ForwardRun.Run(model, request, adapters, tokenizer, cancellationToken);
        }
        finally
        {
            foreach (var adapter in adapters.Values)
            {
                adapter.Dispose();
            }
        }
    }

    // Tokens need no tokenizer: one that cannot be used is a remark, until text asks for it.
    private static TextTokenizer? Tokenizer(string? folder, Shell shell)
    {
        if (folder is null || !TokenizerFolder.Exists(folder))
        {
            return null;
        }

        try
        {
            return TokenizerFolder.Open(folder);
        }
        catch (CheckpointFormatException exception)
        {
            foreach (var problem in exception.Problems)
            {
                shell.Error.WriteLine($"The tokenizer of {folder} is left out: {CommandLine.OneLine(problem)}");
            }

            return null;
        }
    }

    // A folder whose own name has an '=' is a folder, not a pair.
    private static Dictionary<string, string> Folders(IEnumerable<string> given, string stateDirectory)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in given)
        {
            var equals = Directory.Exists(text) ? -1 : text.IndexOf('=', StringComparison.Ordinal);
            var folder = AdapterReference.Folder(text[(equals + 1)..], stateDirectory);
            var name = equals > 0 ? text[..equals] : Path.GetFileName(Path.TrimEndingDirectorySeparator(text[(equals + 1)..]));
            if (!folders.TryAdd(name, folder))
            {
                throw new TelecomException(ErrorCode.InvalidInput, $"--adapter gives the name '{name}' twice: write another one as NAME={text}.");
            }
        }

        return folders;
    }
}

using System.Text;

namespace Telecom.Modeling.Tests.Tokens;

/// <summary>A SentencePiece model as protocol buffers write it.</summary>
internal static class SentencePieceBytes
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;

    /// <summary>A BPE model: unknown, begin, end, then pieces of which later ones come from merges, the first of these first.</summary>
    public static byte[] Bpe(params string[] pieces)
    {
        var model = new List<byte>();
        Message(model, 1, Piece("<unk>", 0, Unknown));
        Message(model, 1, Piece("<s>", 0, Control));
        Message(model, 1, Piece("</s>", 0, Control));
        for (var i = 0; i < pieces.Length; i++)
        {
            Message(model, 1, Piece(pieces[i], -i, Normal));
        }

        // TrainerSpec: model_type 3 = BPE (2), unk_id 40, bos_id 41, eos_id 42.
        var trainer = new List<byte>();
        Varint(trainer, 3, 2);
        Varint(trainer, 40, 0);
        Varint(trainer, 41, 1);
        Varint(trainer, 42, 2);
        Message(model, 2, trainer);

        // NormalizerSpec: name 1, add_dummy_prefix 3, remove_extra_whitespaces 4, escape_whitespaces 5.
        var normalizer = new List<byte>();
        Message(normalizer, 1, Encoding.UTF8.GetBytes("identity"));
        Varint(normalizer, 3, 1);
        Varint(normalizer, 4, 0);
        Varint(normalizer, 5, 1);
        Message(model, 3, normalizer);
        return [.. model];
    }

    private static List<byte> Piece(string text, float score, int type)
    {
        var piece = new List<byte>();
        Message(piece, 1, Encoding.UTF8.GetBytes(text));
        piece.Add((2 << 3) | 5);
        piece.AddRange(BitConverter.GetBytes(score));
        Varint(piece, 3, type);
        return piece;
    }

    private static void Message(List<byte> target, int field, IReadOnlyCollection<byte> content)
    {
        Number(target, (field << 3) | 2);
        Number(target, content.Count);
        target.AddRange(content);
    }

    private static void Varint(List<byte> target, int field, int value)
    {
        Number(target, field << 3);
        Number(target, value);
    }

    private static void Number(List<byte> target, int value)
    {
        for (; value > 127; value >>= 7)
        {
            target.Add((byte)(value | 128));
        }

        target.Add((byte)value);
    }
}

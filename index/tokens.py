"""The tokenizer of the bundled model, for its whole vocabulary or a part of it."""

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from index.e5s1 import Vocabulary


def bundled_tokenizer(vocabulary: Vocabulary, longest: int) -> Tokenizer:
    """The tokenizer of the model, cutting texts to `longest` tokens; characters are to be normalised beforehand."""
    tokenizer = Tokenizer(models.Unigram(list(vocabulary.pieces), unk_id=vocabulary.unknown))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    bos, eos = vocabulary.pieces[vocabulary.bos][0], vocabulary.pieces[vocabulary.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)]
    )
    tokenizer.enable_truncation(longest)
    return tokenizer

package c360.test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.pt.PortugueseLightStemFilter;
import org.apache.lucene.analysis.pt.PortugueseStemFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/** What every ordinary Elasticsearch has and the slim one lacks: Lucene's own filters under their stock names. */
public final class StockFilters extends Plugin implements AnalysisPlugin {
    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> filters = new HashMap<>();
        filters.put("asciifolding", (index, env, name, settings) -> new Folding(name, settings));
        filters.put("portuguese_stem", filter((settings, in) -> new PortugueseStemFilter(in)));
        filters.put("stemmer", filter(StockFilters::stemmer));
        filters.put("edge_ngram", filter((settings, in) -> new EdgeNGramTokenFilter(in, settings.getAsInt("min_gram", 1),
                settings.getAsInt("max_gram", 2), settings.getAsBoolean("preserve_original", false))));
        return filters;
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        return List.of(
            PreConfiguredTokenFilter.singleton("asciifolding", true, ASCIIFoldingFilter::new),
            PreConfiguredTokenFilter.singleton("portuguese_stem", false, PortugueseStemFilter::new));
    }

    private static TokenStream stemmer(Settings settings, TokenStream in) {
        String language = settings.get("language", settings.get("name", "porter"));
        if (language.equals("light_portuguese")) {
            return new PortugueseLightStemFilter(in);
        }
        throw new IllegalArgumentException("the test server has no stemmer for [" + language + "]");
    }

    private static AnalysisProvider<TokenFilterFactory> filter(BiFunction<Settings, TokenStream, TokenStream> make) {
        return (index, env, name, settings) -> new AbstractTokenFilterFactory(name, settings) {
            @Override
            public TokenStream create(TokenStream in) {
                return make.apply(settings, in);
            }
        };
    }

    /** Usable in normalizers too, as the stock one is. */
    private static final class Folding extends AbstractTokenFilterFactory implements NormalizingTokenFilterFactory {
        private final boolean preserve;

        Folding(String name, Settings settings) {
            super(name, settings);
            preserve = settings.getAsBoolean("preserve_original", false);
        }

        @Override
        public TokenStream create(TokenStream in) {
            return new ASCIIFoldingFilter(in, preserve);
        }

        @Override
        public TokenStream normalize(TokenStream in) {
            return new ASCIIFoldingFilter(in);
        }
    }
}

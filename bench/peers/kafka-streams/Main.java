import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The Kafka Streams side of bench/jobs/enrich-kafka.py: events left-joined with the compacted topic ids, kept in RocksDB.
 *
 * <p>Arguments: APPLICATION OUTPUT_TOPIC STATE_FOLDER table|global generic|splice SCHEMA_FOLDER SCHEMA_ID; brokers in MESSINA_KAFKA.
 * Reads until the end that the topic events has at the start. The table has no changelog beside its topic (optimisation on), which
 * spares this side work; everything else is as Kafka Streams comes.
 */
public final class Main {
    private static final AtomicLong records = new AtomicLong();
    private static volatile long firstOutputMs = -1;

    private Main() {}

    /** Sees the first acknowledged record. */
    public static final class FirstOutput implements ProducerInterceptor<byte[], byte[]> {
        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
            return record;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception error) {
            if (firstOutputMs < 0 && error == null) firstOutputMs = System.currentTimeMillis();
        }

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }

    private static final class Count extends ContextualFixedKeyProcessor<byte[], byte[], byte[]> {
        private final Progress progress;

        Count(Progress progress) {
            this.progress = progress;
        }

        @Override
        public void process(FixedKeyRecord<byte[], byte[]> record) {
            context().forward(record);
            var from = context().recordMetadata().orElseThrow();
            records.incrementAndGet();
            progress.read(from.partition(), from.offset());
        }
    }

    private static Properties properties(String brokers, String application, String stateFolder) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", brokers);
        properties.put("application.id", application);
        properties.put("state.dir", stateFolder);
        properties.put("processing.guarantee", "at_least_once");
        properties.put("topology.optimization", "all");
        properties.put("commit.interval.ms", 5000);  // as the other sides; of the default half a minute more is written twice after a kill
        properties.put("auto.offset.reset", "earliest");
        properties.put("main.consumer.group.instance.id", "one");  // a process that is started again takes its place at once
        properties.put("producer.interceptor.classes", FirstOutput.class.getName());
        properties.put("default.key.serde", Serdes.ByteArraySerde.class.getName());
        properties.put("default.value.serde", Serdes.ByteArraySerde.class.getName());
        return properties;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 7) {
            System.err.println("usage: Main APPLICATION OUTPUT_TOPIC STATE_FOLDER table|global generic|splice SCHEMA_FOLDER SCHEMA_ID");
            System.exit(2);
        }
        String brokers = System.getenv("MESSINA_KAFKA");
        String application = arguments[0];
        Path stateFolder = Path.of(arguments[2]);
        var enrich = new EnrichEvents(arguments[4], Path.of(arguments[5]), Integer.parseInt(arguments[6]));
        Progress progress;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) brokers))) {
            progress = new Progress(admin, "events", application);
        }

        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> events = builder.stream("events");
        KStream<byte[], byte[]> enriched;
        var store = Materialized.<byte[], byte[], KeyValueStore<Bytes, byte[]>>as("ids-store");
        if (arguments[3].equals("global")) {
            enriched = events.leftJoin(builder.globalTable("ids", store), (cookie, event) -> cookie, enrich);
        } else {
            enriched = events.leftJoin(builder.table("ids", store), enrich);
        }
        enriched.processValues(() -> new Count(progress)).to(arguments[1]);

        Properties properties = properties(brokers, application, arguments[2]);
        KafkaStreams streams = new KafkaStreams(builder.build(properties), properties);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        streams.start();
        progress.await();
        boolean isClosed = streams.close(Duration.ofSeconds(60));  // flushes the producer and commits
        report(progress, stateFolder);
        System.exit(isClosed ? 0 : 1);
    }

    private static void report(Progress progress, Path stateFolder) throws Exception {
        long now = System.currentTimeMillis();
        double cpu = Usage.cpuNs() / 1e9;
        System.out.printf(java.util.Locale.ROOT,
            "{\"records\": %d, \"seconds\": %.3f, \"cpu_seconds\": %.3f, \"cpu_seconds_before_first_event\": %.3f, "
                + "\"memory_peak_bytes\": %d, \"state_bytes\": %d, \"first_output_seconds\": %.3f}%n",
            records.get(), (now - Usage.startedMs()) / 1e3, cpu, progress.firstEventCpuNs / 1e9, Usage.memoryPeakBytes(),
            Usage.folderBytes(stateFolder), (firstOutputMs - Usage.startedMs()) / 1e3);
    }
}

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.streams.kstream.ValueJoiner;

/**
 * Framed event and user id in, framed enriched event out. {@code generic} goes through Avro's generic records, as most programs do;
 * {@code splice} appends the one new field to the bytes, the least that can be done. One per thread that joins.
 */
final class EnrichEvents implements ValueJoiner<byte[], byte[], byte[]> {
    private static final int HEADER_SIZE = 5;

    private final boolean isGeneric;
    private final int schemaId;
    private final Schema enriched;
    private final GenericDatumReader<GenericRecord> reader;
    private final GenericDatumWriter<GenericRecord> writer;
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    EnrichEvents(String avro, Path schemas, int schemaId) throws IOException {
        if (!avro.equals("generic") && !avro.equals("splice")) throw new IllegalArgumentException("generic or splice, not " + avro);
        this.isGeneric = avro.equals("generic");
        this.schemaId = schemaId;
        this.enriched = new Schema.Parser().parse(schemas.resolve("enriched.avsc").toFile());
        this.reader = new GenericDatumReader<>(new Schema.Parser().parse(schemas.resolve("event.avsc").toFile()));
        this.writer = new GenericDatumWriter<>(enriched);
    }

    @Override
    public byte[] apply(byte[] event, byte[] user) {
        return isGeneric ? byRecord(event, user) : byBytes(event, user);
    }

    private byte[] byBytes(byte[] event, byte[] user) {
        int size = event.length + 1 + (user == null ? 0 : 1 + user.length);
        ByteBuffer result = ByteBuffer.allocate(size);
        result.put((byte) 0).putInt(schemaId).put(event, HEADER_SIZE, event.length - HEADER_SIZE);
        if (user == null) return result.put((byte) 0).array();
        if (user.length > 63) throw new IllegalArgumentException("a user id of " + user.length + " bytes");  // its size takes one byte
        return result.put((byte) 2).put((byte) (2 * user.length)).put(user).array();
    }

    private byte[] byRecord(byte[] event, byte[] user) {
        try {
            decoder = DecoderFactory.get().binaryDecoder(event, HEADER_SIZE, event.length - HEADER_SIZE, decoder);
            GenericRecord record = reader.read(null, decoder);
            GenericRecord wider = new GenericData.Record(enriched);
            for (Schema.Field field : record.getSchema().getFields()) wider.put(field.pos(), record.get(field.pos()));
            wider.put("user_id", user == null ? null : new String(user, java.nio.charset.StandardCharsets.UTF_8));
            out.reset();
            out.write(0);
            out.write(ByteBuffer.allocate(4).putInt(schemaId).array());
            encoder = EncoderFactory.get().binaryEncoder(out, encoder);
            writer.write(wider, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far the events are read, against the end that their topic had at the start; and what it cost until the first of them. */
final class Progress {
    private final long[] ends;
    private final AtomicLongArray next;
    private final CountDownLatch finished;
    volatile long firstEventCpuNs = -1;

    Progress(Admin admin, String topic, String group) throws Exception {
        int partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        var latest = admin.listOffsets(wanted).all().get();
        ends = new long[partitions];
        next = new AtomicLongArray(partitions);
        int open = 0;
        for (TopicPartition key : Set.copyOf(wanted.keySet())) {
            ends[key.partition()] = latest.get(key).offset();
            OffsetAndMetadata position = committed.get(key);
            next.set(key.partition(), position == null ? 0 : position.offset());
            if (next.get(key.partition()) < ends[key.partition()]) open++;
        }
        finished = new CountDownLatch(open);
    }

    /** Called by the thread that owns the partition. */
    void read(int partition, long offset) {
        if (firstEventCpuNs < 0) firstEventCpuNs = Usage.cpuNs();
        boolean wasOpen = next.get(partition) < ends[partition];
        next.set(partition, offset + 1);
        if (wasOpen && offset + 1 >= ends[partition]) finished.countDown();
    }

    void await() throws InterruptedException {
        finished.await();
    }
}

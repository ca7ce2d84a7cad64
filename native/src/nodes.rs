//! What is known of the cluster's nodes.

use crate::abi::Text;
use crate::session::Session;

/// `mn_node`.
#[repr(C)]
pub struct Node {
    address: Text,
    datacenter: Text,
    rack: Text,
    shard_count: u32,
    is_connected: u8,
}

const _: () = assert!(size_of::<Node>() == 56);

fn give(text: String) -> Text {
    let text = text.into_boxed_str();
    let given = Text { data: text.as_ptr(), size: text.len() };
    std::mem::forget(text);
    given
}

unsafe fn take_back(text: &Text) {
    let bytes = std::ptr::slice_from_raw_parts_mut(text.data.cast_mut(), text.size);
    drop(unsafe { Box::from_raw(bytes) });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_session_nodes(session: *const Session, out: *mut *mut Node) -> usize {
    let state = unsafe { (*session).driver.get_cluster_state() };
    let nodes: Box<[Node]> = state
        .get_nodes_info()
        .iter()
        .map(|node| Node {
            address: give(node.address.to_string()),
            datacenter: give(node.datacenter.clone().unwrap_or_default()),
            rack: give(node.rack.clone().unwrap_or_default()),
            shard_count: node.sharder().map_or(0, |sharder| sharder.nr_shards.get().into()),
            is_connected: node.is_connected().into(),
        })
        .collect();
    let count = nodes.len();
    unsafe { out.write(Box::into_raw(nodes).cast()) };
    count
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_nodes_free(nodes: *mut Node, count: usize) {
    let nodes = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(nodes, count)) };
    for node in &nodes {
        unsafe {
            take_back(&node.address);
            take_back(&node.datacenter);
            take_back(&node.rack);
        }
    }
}

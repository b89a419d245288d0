// Values that all workers of one `vm_id` share: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#shared-key-value-store
import { ByteWriter } from "../text/byte-writer";
import { proxy_get_shared_data, proxy_set_shared_data } from "./imports";
import { lengthCell, pointerCell, receivedLength, receivedPtr } from "./received";
import { Status } from "./types";

/**
 * No value ever has this version. A write that names it succeeds only where there is no value yet,
 * while one that names 0 would overwrite whatever another worker has written meanwhile.
 */
const NO_VERSION: u32 = 0xffffffff;

const KEY: ByteWriter = new ByteWriter();
const VERSION: usize = memory.data(8);

/** One value, read and written by compare and swap. It outlives configurations and VMs. */
export class SharedValue {
  /** Address of the bytes, until the next host call. */
  ptr: usize = 0;
  /** 0 also where there is no value. */
  length: i32 = 0;
  private version: u32 = NO_VERSION;

  constructor(readonly key: string) {}

  /** Reads the value, and its version for the write that follows. */
  read(): void {
    this.writeKey();
    store<u32>(VERSION, 0);
    const status = proxy_get_shared_data(KEY.ptr, KEY.length, pointerCell(), lengthCell(), VERSION);
    const isThere = status == Status.Ok;
    this.ptr = isThere ? receivedPtr() : 0;
    this.length = isThere ? receivedLength() : 0;
    this.version = isThere ? load<u32>(VERSION) : NO_VERSION;
  }

  /** Writes the value. False: another worker has written since the last read. */
  write(value: ByteWriter): bool {
    this.writeKey();
    const status = proxy_set_shared_data(
      KEY.ptr,
      KEY.length,
      value.ptr,
      value.length,
      this.version,
    );
    return status == Status.Ok;
  }

  private writeKey(): void {
    KEY.clear();
    KEY.ascii(this.key);
  }
}

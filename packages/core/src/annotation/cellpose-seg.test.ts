import { expect, test } from "vitest";
import { writeNpy } from "../format/npy.js";
import { bytesSource } from "../source.js";
import { readCellposeSeg } from "./cellpose-seg.js";

/**
 * `pickle.dumps(numpy.array(d, dtype=object), protocol=p)` for p = 0 … 5, by Python 3.11 and NumPy 2.4.6, where `d` holds
 * Cellpose's entries: `masks` as uint16 (0, 5), in Fortran order (1, 4), int64 (2) and big-endian int32 (3), a list with
 * an array and None, a text that is not ASCII, booleans, tuples, a float64 scalar, and a number of 41 bits.
 */
const pickles = [
  "Y251bXB5Ll9jb3JlLm11bHRpYXJyYXkKX3JlY29uc3RydWN0CnAwCihjbnVtcHkKbmRhcnJheQpwMQooSTAKdHAyCmNfY29kZWNzCmVuY29kZQpwMwooVmIKcDQKVmxhdGluMQpwNQp0cDYKUnA3CnRwOApScDkKKEkxCih0Y251bXB5CmR0eXBlCnAxMAooVk84CnAxMQpJMDAKSTAxCnRwMTIKUnAxMwooSTMKVnwKcDE0Ck5OTkktMQpJLTEKSTYzCnRwMTUKYkkwMAoobHAxNgooZHAxNwpWb3V0bGluZXMKcDE4CihscDE5CnNWbWFza3MKcDIwCmcwCihnMQooSTAKdHAyMQpnNwp0cDIyClJwMjMKKEkxCihJMgpJMwp0cDI0CmcxMAooVnUyCnAyNQpJMDAKSTAxCnRwMjYKUnAyNwooSTMKVjwKcDI4Ck5OTkktMQpJLTEKSTAKdHAyOQpiSTAwCmczCihWXHUwMDAwXHUwMDAwAVx1MDAwMAFcdTAwMDACXHUwMDAwAlx1MDAwMCwBCnAzMApnNQp0cDMxClJwMzIKdHAzMwpic1ZmaWxlbmFtZQpwMzQKVuQvYi50aWYKcDM1CnNWbWFudWFsCnAzNgpJMDEKc1ZmbG93cwpwMzcKKGxwMzgKZzAKKGcxCihJMAp0cDM5Cmc3CnRwNDAKUnA0MQooSTEKKEkxCkkyCnRwNDIKZzEwCihWZjQKcDQzCkkwMApJMDEKdHA0NApScDQ1CihJMwpnMjgKTk5OSS0xCkktMQpJMAp0cDQ2CmJJMDAKZzMKKFZcdTAwMDBcdTAwMDCAP1x1MDAwMFx1MDAwMIA/CnA0NwpnNQp0cDQ4ClJwNDkKdHA1MApiYU5hc1ZkCnA1MQpjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpzY2FsYXIKcDUyCihnMTAKKFZmOApwNTMKSTAwCkkwMQp0cDU0ClJwNTUKKEkzCmcyOApOTk5JLTEKSS0xCkkwCnRwNTYKYmczCihWXHUwMDAwXHUwMDAwXHUwMDAwXHUwMDAwXHUwMDAwgD5ACnA1NwpnNQp0cDU4ClJwNTkKdHA2MApScDYxCnNWbgpwNjIKKEktNQpMMTA5OTUxMTYyNzc3NkwKRjEuNQp0cDYzCnNhdHA2NApiLg==",
  "Y251bXB5Ll9jb3JlLm11bHRpYXJyYXkKX3JlY29uc3RydWN0CnEAKGNudW1weQpuZGFycmF5CnEBKEsAdHECY19jb2RlY3MKZW5jb2RlCnEDKFgBAAAAYnEEWAYAAABsYXRpbjFxBXRxBlJxB3RxCFJxCShLASljbnVtcHkKZHR5cGUKcQooWAIAAABPOHELSTAwCkkwMQp0cQxScQ0oSwNYAQAAAHxxDk5OTkr/////Sv////9LP3RxD2JJMDAKXXEQfXERKFgIAAAAb3V0bGluZXNxEl1xE1gFAAAAbWFza3NxFGgAKGgBKEsAdHEVaAd0cRZScRcoSwEoSwJLA3RxGGgKKFgCAAAAdTJxGUkwMApJMDEKdHEaUnEbKEsDWAEAAAA8cRxOTk5K/////0r/////SwB0cR1iSTAxCmgDKFgMAAAAAAACAAEAAgABACwBcR5oBXRxH1JxIHRxIWJYCAAAAGZpbGVuYW1lcSJYCAAAAMOkL2IudGlmcSNYBgAAAG1hbnVhbHEkSTAxClgFAAAAZmxvd3NxJV1xJihoAChoAShLAHRxJ2gHdHEoUnEpKEsBKEsBSwJ0cSpoCihYAgAAAGY0cStJMDAKSTAxCnRxLFJxLShLA2gcTk5OSv////9K/////0sAdHEuYkkwMApoAyhYCgAAAAAAwoA/AADCgD9xL2gFdHEwUnExdHEyYk5lWAEAAABkcTNjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpzY2FsYXIKcTQoaAooWAIAAABmOHE1STAwCkkwMQp0cTZScTcoSwNoHE5OTkr/////Sv////9LAHRxOGJoAyhYCQAAAAAAAAAAwoA+QHE5aAV0cTpScTt0cTxScT1YAQAAAG5xPihK+////0wxMDk5NTExNjI3Nzc2TApHP/gAAAAAAAB0cT91YXRxQGIu",
  "gAJjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECY19jb2RlY3MKZW5jb2RlCnEDWAEAAABicQRYBgAAAGxhdGluMXEFhnEGUnEHh3EIUnEJKEsBKWNudW1weQpkdHlwZQpxClgCAAAATzhxC4mIh3EMUnENKEsDWAEAAAB8cQ5OTk5K/////0r/////Sz90cQ9iiV1xEH1xEShYCAAAAG91dGxpbmVzcRJdcRNYBQAAAG1hc2tzcRRoAGgBSwCFcRVoB4dxFlJxFyhLAUsCSwOGcRhoClgCAAAAaThxGYmIh3EaUnEbKEsDWAEAAAA8cRxOTk5K/////0r/////SwB0cR1iiWgDWDAAAAAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAACAAAAAAAAAAIAAAAAAAAALAEAAAAAAABxHmgFhnEfUnEgdHEhYlgIAAAAZmlsZW5hbWVxIlgIAAAAw6QvYi50aWZxI1gGAAAAbWFudWFscSSIWAUAAABmbG93c3ElXXEmKGgAaAFLAIVxJ2gHh3EoUnEpKEsBSwFLAoZxKmgKWAIAAABmNHEriYiHcSxScS0oSwNoHE5OTkr/////Sv////9LAHRxLmKJaANYCgAAAAAAwoA/AADCgD9xL2gFhnEwUnExdHEyYk5lWAEAAABkcTNjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpzY2FsYXIKcTRoClgCAAAAZjhxNYmIh3E2UnE3KEsDaBxOTk5K/////0r/////SwB0cThiaANYCQAAAAAAAAAAwoA+QHE5aAWGcTpScTuGcTxScT1YAQAAAG5xPkr7////igYAAAAAAAFHP/gAAAAAAACHcT91YXRxQGIu",
  "gANjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECQwFicQOHcQRScQUoSwEpY251bXB5CmR0eXBlCnEGWAIAAABPOHEHiYiHcQhScQkoSwNYAQAAAHxxCk5OTkr/////Sv////9LP3RxC2KJXXEMfXENKFgIAAAAb3V0bGluZXNxDl1xD1gFAAAAbWFza3NxEGgAaAFLAIVxEWgDh3ESUnETKEsBSwJLA4ZxFGgGWAIAAABpNHEViYiHcRZScRcoSwNYAQAAAD5xGE5OTkr/////Sv////9LAHRxGWKJQxgAAAAAAAAAAQAAAAEAAAACAAAAAgAAASxxGnRxG2JYCAAAAGZpbGVuYW1lcRxYCAAAAMOkL2IudGlmcR1YBgAAAG1hbnVhbHEeiFgFAAAAZmxvd3NxH11xIChoAGgBSwCFcSFoA4dxIlJxIyhLAUsBSwKGcSRoBlgCAAAAZjRxJYmIh3EmUnEnKEsDWAEAAAA8cShOTk5K/////0r/////SwB0cSliiUMIAACAPwAAgD9xKnRxK2JOZVgBAAAAZHEsY251bXB5Ll9jb3JlLm11bHRpYXJyYXkKc2NhbGFyCnEtaAZYAgAAAGY4cS6JiIdxL1JxMChLA2goTk5OSv////9K/////0sAdHExYkMIAAAAAACAPkBxMoZxM1JxNFgBAAAAbnE1Svv///+KBgAAAAAAAUc/+AAAAAAAAIdxNnVhdHE3Yi4=",
  "gASVxgEAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLASloA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZR9lCiMCG91dGxpbmVzlF2UjAVtYXNrc5RoAmgFSwCFlGgHh5RSlChLAUsCSwOGlGgLjAJ1MpSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiiEMMAAACAAEAAgABACwBlHSUYowIZmlsZW5hbWWUjAjDpC9iLnRpZpSMBm1hbnVhbJSIjAVmbG93c5RdlChoAmgFSwCFlGgHh5RSlChLAUsBSwKGlGgLjAJmNJSJiIeUUpQoSwNoHU5OTkr/////Sv////9LAHSUYolDCAAAgD8AAIA/lHSUYk5ljAFklGgAjAZzY2FsYXKUk5RoC4wCZjiUiYiHlFKUKEsDaB1OTk5K/////0r/////SwB0lGJDCAAAAAAAgD5AlIaUUpSMAW6USvv///+KBgAAAAAAAUc/+AAAAAAAAIeUdWF0lGIu",
  "gAWV4gEAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLASloA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZR9lCiMCG91dGxpbmVzlF2UjAVtYXNrc5SME251bXB5Ll9jb3JlLm51bWVyaWOUjAtfZnJvbWJ1ZmZlcpSTlCiWDAAAAAAAAAAAAAEAAQACAAIALAGUaAuMAnUylImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGJLAksDhpSMAUOUdJRSlIwIZmlsZW5hbWWUjAjDpC9iLnRpZpSMBm1hbnVhbJSIjAVmbG93c5RdlChoGCiWCAAAAAAAAAAAAIA/AACAP5RoC4wCZjSUiYiHlFKUKEsDaB1OTk5K/////0r/////SwB0lGJLAUsChpRoIHSUUpROZYwBZJRoAIwGc2NhbGFylJOUaAuMAmY4lImIh5RSlChLA2gdTk5OSv////9K/////0sAdJRiQwgAAAAAAIA+QJSGlFKUjAFulEr7////igYAAAAAAAFHP/gAAAAAAACHlHVhdJRiLg==",
];

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

/** The NPY header of one object, and a pickle behind it. */
function npyOf(pickle: Uint8Array, shape = "()", descr = "|O"): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
  const head = `\x93NUMPY\x01\x00\x76\x00${header}\n`;
  return Uint8Array.from([...Array.from(head, (sign) => sign.charCodeAt(0)), ...pickle]);
}

const read = (bytes: Uint8Array) => readCellposeSeg(bytesSource("a_seg.npy", bytes));
const text = (value: string) => Uint8Array.from(value, (sign) => sign.charCodeAt(0));
/** A protocol 0 pickle by hand. */
const readText = (pickle: string) => read(npyOf(text(pickle)));

test("the masks of every protocol are read", async () => {
  for (const [protocol, pickle] of pickles.entries()) {
    const labels = await read(npyOf(bytesOf(pickle)));
    expect(labels, `protocol ${protocol}`).toEqual({
      data: Uint32Array.of(0, 1, 1, 2, 2, 300),
      shape: [2, 3],
      axes: "yx",
    });
  }
});

test("a pickle that would run something is refused, and says what", async () => {
  for (const [pickle, name] of [
    ["cos\nsystem\n(S'id'\ntR.", "os.system"],
    ["cbuiltins\neval\n(S'1'\ntR.", "builtins.eval"],
    ["cnumpy\nload\n(S'x'\ntR.", "numpy.load"],
    ["c__proto__\nconstructor\n.", "__proto__.constructor"],
  ])
    await expect(readText(pickle)).rejects.toThrow(
      `a_seg.npy: holds a pickle that asks for "${name}", must hold nothing but NumPy arrays`,
    );
  for (const operation of ["i", "o", "P", "Q", "\x81", "\x82", "\x97"])
    await expect(readText(`(${operation}os\nsystem\n.`)).rejects.toThrow(
      /holds a pickle with the operation 0x/,
    );
});

test("names that we know build data only, whatever they are given", async () => {
  for (const pickle of [
    "cnumpy\ndtype\n(I1\ntR.",
    "cnumpy\nndarray\n(I1\ntR.",
    "c_codecs\nencode\n(I1\ntR.",
    "c_codecs\nencode\nI1\nR.",
    "cpathlib\nPosixPath\n(I1\ntR.",
    "ccollections\nOrderedDict\n(I1\ntR.",
    "I1\n(dR.",
    "(d(dI1\nb.",
    "(d(lb.",
    "I1\nI2\nb.",
  ])
    await expect(readText(pickle), pickle).rejects.toThrow(/a_seg\.npy: holds a (damaged )?pickle/);
});

test("a file cut off anywhere, or with any byte changed, gives labels or an error of ours", async () => {
  for (const pickle of [0, 2, 4, 5].map((i) => npyOf(bytesOf(pickles[i])))) {
    for (let length = 0; length < pickle.length; length += 7)
      await expect(read(pickle.slice(0, length))).rejects.toMatchObject({
        kind: expect.stringMatching(/FormatError|UnsupportedError/),
      });
    for (let at = 0; at < pickle.length; at += 3) {
      const changed = pickle.slice();
      changed[at] ^= 0x55;
      const outcome = await read(changed).then(
        ({ axes }) => axes,
        (error) => error.kind,
      );
      expect(["yx", "FormatError", "UnsupportedError", "ShapeError"], `byte ${at}`).toContain(
        outcome,
      );
    }
  }
});

test("pickles that ask for endless depth, or that refer to what is not there, are refused", async () => {
  await expect(readText("(".repeat(100_000))).rejects.toThrow("more than 1000 lists within lists");
  await expect(readText("g7\n.")).rejects.toThrow("takes what it has not been given");
  await expect(readText("0.")).rejects.toThrow("takes what it has not been given");
  // A list that holds itself is no harm.
  await expect(readText("(lp0\ng0\na.")).rejects.toThrow(
    'must hold a dictionary with an array "masks"',
  );
});

test("other NPY files are told from Cellpose's", async () => {
  const plain = writeNpy({ data: new Uint16Array(6), shape: [2, 3] });
  await expect(read(plain)).rejects.toThrow("must hold one pickled dictionary like Cellpose's");
  await expect(read(npyOf(bytesOf(pickles[4]), "(1,)"))).rejects.toThrow("must hold one pickled");
  await expect(read(text("hello, this is a text"))).rejects.toThrow("is not an NPY file");
  await expect(readText("(dS'masks'\nI1\ns.")).rejects.toThrow('an array "masks"');
});

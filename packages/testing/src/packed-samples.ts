/**
 * 16 x 32 numbers of 16 bits as the usual libraries compress them, for tests of our decoders: what stands here was written by
 * zstd 1.5 (level 19) and numcodecs (Blosc, LZ4).
 *
 * @module
 */

const texts = {
  zstd: [
    "KLUv/QBojQgAsk4rIACbczKvrwnzqtoezpZW4r+6FB+GQ0s1Tcul////H6YXn8N+/barRoEe1zNjHrtz42TDytXtH2kR53UG",
    "+nkZDu4t2qYNa726PV2a5JnzetkyGg4aHrhuzY6xdkfTK5+b7KNTnTeHKE8u1dM14o7N27V15pLJd9Yx025kyOJn9lF9Q56O",
    "h4cdf69rzx6DN1S/u6BNs96LE5k/d75y9dSbXPxw4cGBGStGbJiwYEBCqDGRwAp8sX4H4FyQpANBBECBEliBFBmhQCZwHJzL",
    "+7Jxqr/sLWSe8kqlizYXoyY7ZdK0nyPqpUdtPoUA8Sln/jo2U9g3VglDIXmrLiWgU9kK36ILLVePfghQNQDoPlsV",
  ],
  "blosc lz4": [
    "AgEhBAAEAAAABAAAHAIAABQAAADwAAAA8XQsMDQ4LzNDLjI2LTFNRjA0OzI2YDE1OTA0amMzNzsyNn00ODwzN4eANjo+NTk9",
    "NDg/Njo+Qzk9QTg8Wjc7PzY6QWA8QEQ7P3c6PkI5PUF6PENHPkKUjUFFPEBEPT9DRz5FV1BESD9DR1pCRkpBRXFqR0tCRkp3",
    "RUlNREhMh0dLQjE1fIIAIDcyggAhNTx1ACA6T4IAkDhZXzc7NTk9bIIAMTt2fIIAEIl1ADA+OT+CAEBASTs/iwBxXEBEOz9D",
    "ZoIAIDt5ggAhRoOCAJA7k0NKQUVJRkyCACA+VoIA8AFMY2lLQkZKQXNJTURITH2DCwAAAB8BAQDnUAEBAQEB8gAAAPF6LjI2",
    "LTFAOTA0OC8zUC4yNjA0XVYzNzsyNm0xNTkwNHdzNjo+NTmKNDg8Mzc7MzY6QTg8TTc7PzY6PlA5PUE4PGo6PkI5PUFtPEBE",
    "Oz+EfT5FPEBEij9DRz5CR0BBRTxAR01CRkpBRWRdREg/Q0dnQklNREhMekdLQkZKhEVJTUQzN38yNi0xNS+CACA3P3UAMDhM",
    "UoIAkDpcNTkwNztpb4IAIT15ggAgg4x1ACFAPIIAgUZMPUE7P0NZggCAOGlARDs/Q3Z1ADBEO4aCAPABRpCWRT9DRz5JRkpB",
    "RUlTWYIAIUFmggCQcHZLQkZKQYBJCwAAAB8BAQDnUAEBAQEB",
  ],
  "blosc zstd": [
    "AgGUBAAEAAAABAAAGQIAABQAAAABAgAAKLUv/WAAA70PAOQccBxxPHE48TjhOON443DjccNxx/HH4cfjh+OP447DjsfwIwf+",
    "cAcf/OBHD/Dijz/wwA9/4MAbvsCAH/3gkT96gZW2JJFrbUtq1JK23askaTtW2dJkrbasiVJNWBa0niFsmRRBIg22bbdk2ySZ",
    "MImSTWSQZLk+3fftm2kTJOkkTXYuy/f5P/9v/+TbFJkmQSAAv++///f//s2baRNkgAwAQb/P//8//2/75tsEmSDAIAD///7N",
    "i20TJIAEBkFAMAgGAQCQBJtky2bf///vBAAAMnSWbpt/+/9/AAAAAMAAMBAAAYBA/wBYDHSeMTx5OPBY4TRjecNw5/GDYc/z",
    "hsHP5UaDl+8Nogfs+IFP/PADD5jwBx344Acf8cAPO/CAHzfgwV9v5AIfDaUuy5pK3JKk9atly2tW2rbVqTRpKVN7klCt1i2h",
    "WglJJkQSbJNu27fZMkESDbtkJJkyWb5P223bZkgEWTpsktbb//2///bfNtkiQQAJIADf7t//83/aT9tiSWQJLIAB3+/z/7//",
    "9tu32SJBgEggAP//n+//f9pP02ZJBAkgggEgEAyCAQAJJMlGzb7/9//3BABgEAwCJLAsnTeb9t//vwBAIAgAAAFgECDQVlhz",
    "A/0BIfB2GDNz/lq03nBAuFPMFgYoMHUNmoAtaE5W1pcC",
  ],
  "blosc blosclz": [
    "AgEBBAAEAAAABAAAOAIAABQAAAAAAQAALDA0OC8zQy4yNi0xTUYwNDsyNmAxNTkwNGpjMzc7MjZ9NDg8MzeHgDY6PjU5PTQ4",
    "PzY6PkM5PUE4PFo3Oz82OkFgPEBEOz93Oj5COT1BejxDRz5ClI1BRTxARD0/Q0c+RVdQREg/Q0daQkZKQUVxakdLQkZKd0VJ",
    "TURITIdHS0IxNXwwNDgvMzcyMjYtMTU8Mzc7MjY6TzU5MDQ4WV83OzU5PWw4PDM3O3Z8Oj41OT2JOz82Oj45Pz1BODxASTs/",
    "OT1BOFxARDs/Q2Y+Qjk9QTt5Q0c+QkaDQUU8QEQ7k0NKQUVJRkxIP0NHPlZGSkFFTGNpS0JGSkFzSU1ESEx9gwoAAAAhAQHg",
    "8gACAQEBAAEAAC4yNi0xQDkwNDgvM1AuMjYwNF1WMzc7MjZtMTU5MDR3czY6PjU5ijQ4PDM3OzM2OkE4PE03Oz82Oj5QOT1B",
    "ODxqOj5COT1BbTxARDs/hH0+RTxARIo/Q0c+QkdAQUU8QEdNQkZKQUVkXURIP0NHZ0JJTURITHpHS0JGSoRFSU1EMzd/MjYt",
    "MTUvMDQ4LzM3PzU5MDQ4TFI3OzI2Olw1OTA3O2lvOj41OT15ODwzNzuDjD1BODxAPDs/Njo+Rkw9QTs/Q1k+Qjk9QThpQEQ7",
    "P0N2QUU8QEQ7hkNHPkJGkJZFP0NHPklGSkFFSVNZSD9DR0FmSU1ESExwdktCRkpBgEkKAAAAIQEB4PIAAgEBAQ==",
  ],
  "blosc zlib": [
    "AgFgBAAEAAAABAAAAgIAABQAAABxAAAAeNrTYdRjNGA0YjRhNGO0YNRl1Gc0ZDRmdGB0ZrTEKuPLGMDohiRjDWfFMiYwhoHV",
    "mDKaA3UjZLIYcxmTscqUM9YyFkNtsGK0YbSDq2ln7GJswCpjzWgLZMNk7BkdkdT4At0NU4MqEwV0NzYZAE1jHyt5AAAAeNpz",
    "ZMxiTGC0YrRhtGN0YHRidGG0ZLRmtGW0Z3RkLGfMxSHTwljFWAuWcWZ0ZXRHUjOFsYuxF6wGXcYdqNcBQwbECmf0ZQwAq3Fj",
    "9GD0QlKTwhjFGItVppAxHehyJyDLk9EbqB+hxgfo7iqwGkyZFsZ2NBkA6H4mInYAAAB42m3OSweFQBjGcf8PdHS/3zcRh0O7",
    "iNYR7SKiRavoQ58pE7OY3WN+j3ceCwePgI0dExsXn5APBpYUQ7zqJaWQKSJROjFffrRa6egZFHlTxsjE/HRScuVuxsIq9unk",
    "4OR6UkElf7g7pfB7nU5qGrHvlT+aSyAffgAAAHjas2S0ZrRltGd0ZHRmtGCMZIxhtGN0YHRidGG0RJFJY8zEKmPNWMZYCWa5",
    "Mroz2sDVuAFlmhnbcMhMYJzMOA0s4wU1B6TGE6jGDUj6AEkPDJlgxjCg+9BlfICsZLDrPBm9GX2hNoDUgGQKGIuB7sMmU8vY",
    "AHSfJyMAh0gmOg==",
  ],
  lz4: [
    "AAQAAP8MLAEuATABMgE0ATYBOAEtAS8BMQEzAUABQwE5GgACV00BUAFGGgAVOz4AUV0BYAFWPgBXNQE3ATkaAF9qAW0BYxoA",
    "AlN3AX0Bc3wAVToBPAE+PgBfhwGKAYAaAAJVOwE9ATMaADE/AUG6AAI+ADNNAUN8ABs9GgA/WgFQGgACU0EBagFgPgBRQAFC",
    "AUS6AAI+AD93AW0aAARRhAF6AX2wAFFDAUUBRwoAAj4AUZQBigGNfAAMGgBdRwE9AUAaAAA+ABFXVgEAfABXRgFIAUokAFFk",
    "AVoBXZYADBoA9wBxAWcBagFCAUcBSQFLAU0kAFFMAXcBepYADhoAO4QBhxoAAO4BALABNXwBf8oBBggCABoAPy8BMhoABDU8",
    "AT+wAQbuAQCMAVFMAU8BUj4ADBoAV1kBXAFfGgAEJABxPQFpAWwBbz4ACAgCABoAX3YBeQF8GgACUYMBiQGMJAAK7gExQAE5",
    "ngAPGgABVUYBSQFMNAACYgAAPgAxQwE4ngAAPgAAjAEKGgA/ZgFpGgACETueAAA+AADKAQC6AAI+AH9GATsBgwGGGgAEUZAB",
    "kwGWNAAI7gEzSQE+ngAM7gEAGgBdUwFWAVkaAFFMAUEBY54ADu4Bf0EBcAFzAXYiAgCgQQF9AYABgwFJAQ==",
  ],
} as const;

/** Rows and columns. */
export const packedShape: readonly [number, number] = [16, 32];

/** The numbers. */
export function packedNumbers(): Uint16Array<ArrayBuffer> {
  return Uint16Array.from({ length: 16 * 32 }, (_, i) => {
    const spike = ((i * 2654435761) >>> 0) % 5 === 0 ? i % 90 : 0;
    return 300 + ((i * 7919) % 13) + ((i >> 5) & 7) * 3 + spike;
  });
}

/** The compressed bytes, low byte first, by what wrote them. */
export const packedSamples: Readonly<Record<keyof typeof texts, Uint8Array>> = {
  zstd: decoded(texts.zstd),
  "blosc lz4": decoded(texts["blosc lz4"]),
  "blosc zstd": decoded(texts["blosc zstd"]),
  "blosc blosclz": decoded(texts["blosc blosclz"]),
  "blosc zlib": decoded(texts["blosc zlib"]),
  lz4: decoded(texts.lz4),
};

function decoded(lines: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(lines.join(""), "base64"));
}

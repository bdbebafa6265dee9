/**
 * Gives the memory of a buffer back at once. Whoever makes buffers by the thousand, as when layers of images pass through, has the same memory in the
 * processor's cache again and again with it, where the garbage collector would come late and touch megabytes in between.
 *
 * The buffer is empty afterwards: nobody else may be using it, and nothing that was begun with it may be under way. One that is a part of larger
 * memory is left as it is.
 */
export const freeBuffer = ({ buffer, byteLength }: Uint8Array): void => {
  // ECMAScript 2024, 25.1.6.9: what is transferred leaves its memory; to a length of 0, nobody gets it.
  if (buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength) buffer.transfer(0)
}

/** The same pieces, each of which is good until the next is asked for. */
export async function* lentInTurn(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  for await (const piece of pieces) {
    yield piece
    freeBuffer(piece)
  }
}

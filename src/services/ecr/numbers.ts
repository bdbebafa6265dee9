/** Widths of the model's numbers that are not 32-bit integers, as the API reference states them (Long). */
import type { NumberKinds } from '../../wire/schema.ts'

export const ecrNumbers: NumberKinds = {
  'ImageDetail.imageSizeInBytes': 'long',
  'ImageReferrer.size': 'long',
  'InitiateLayerUploadResponse.partSize': 'long',
  'InvalidLayerPartException.lastValidByteReceived': 'long',
  'Layer.layerSize': 'long',
  'UploadLayerPartRequest.partFirstByte': 'long',
  'UploadLayerPartRequest.partLastByte': 'long',
  'UploadLayerPartResponse.lastByteReceived': 'long',
}

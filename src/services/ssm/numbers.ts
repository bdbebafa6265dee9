/** Widths of the model's numbers that are not 32-bit integers, as the API reference states them (Long). */
import type { NumberKinds } from '../../wire/schema.ts'

export const ssmNumbers: NumberKinds = {
  'LabelParameterVersionRequest.ParameterVersion': 'long',
  'LabelParameterVersionResult.ParameterVersion': 'long',
  'Parameter.Version': 'long',
  'ParameterHistory.Version': 'long',
  'ParameterMetadata.Version': 'long',
  'PutParameterResult.Version': 'long',
  'UnlabelParameterVersionRequest.ParameterVersion': 'long',
}

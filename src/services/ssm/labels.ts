/** Labels of parameter versions. Source: LabelParameterVersion in the API reference. */
import { LABELS_PER_PARAMETER_VERSION, PARAMETER_LABEL_LENGTH } from '../../model/limits.ts'
import type { ParameterLabel } from '../../model/parameter-records.ts'
import { checkConstraints } from '../constraints.ts'
import { fault } from './faults.ts'

const LABEL = /^(?!\d|aws|ssm)[\w.-]+$/i

/** Whether a version can have the label; one that it cannot have is told, and does not spoil the others. */
export const isLabel = (label: string): boolean => LABEL.test(label)

export const checkLabels = (labels: readonly string[]): void => {
  for (const label of labels) checkConstraints({ Labels: label }, { Labels: { min: 1, max: PARAMETER_LABEL_LENGTH } })
}

/** `labels` with those `added` on the version; whichever was on another version moves. Throws `ParameterVersionLabelLimitExceeded`. */
export const labelled = (
  labels: readonly ParameterLabel[],
  added: readonly string[],
  version: number,
): readonly ParameterLabel[] => {
  const moved = new Set(added)
  const result = [
    ...labels.filter(({ label }) => !moved.has(label)),
    ...[...moved].map((label) => ({ label, version })),
  ]
  if (labelsOn(result, version).length > LABELS_PER_PARAMETER_VERSION)
    throw fault(
      'ParameterVersionLabelLimitExceeded',
      `A parameter version can have maximum ${LABELS_PER_PARAMETER_VERSION} labels. ` +
        'Move one or more labels to another version and try again.',
    )
  return result
}

export const labelsOn = (labels: readonly ParameterLabel[], version: number): string[] =>
  labels.filter((candidate) => candidate.version === version).map(({ label }) => label)

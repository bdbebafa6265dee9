/** Elastic Load Balancing's sentence for a required member that a request leaves out. */
import type { FaultDetails } from '../../wire/fault.ts'

export const missingMember = (_operation: string, path: string): FaultDetails => ({
  code: 'ValidationError',
  message: `1 validation error detected: Value at '${placeOf(path)}' failed to satisfy constraint: Member must not be null`,
})

/** `Tags[0].Key` is `tags.1.member.key` to AWS. */
const placeOf = (path: string): string =>
  path
    .split('.')
    .map((step) =>
      `${step.charAt(0).toLowerCase()}${step.slice(1)}`.replace(
        /\[(\d+)\]$/,
        (_, index: string) => `.${Number(index) + 1}.member`,
      ),
    )
    .join('.')

/** PutRegistryScanningConfiguration, GetRegistryScanningConfiguration: which repositories' images are scanned when they are pushed. */
import type {
  GetRegistryScanningConfigurationRequest,
  GetRegistryScanningConfigurationResponse,
  PutRegistryScanningConfigurationRequest,
  PutRegistryScanningConfigurationResponse,
  RegistryScanningConfiguration,
  RegistryScanningRule,
} from '@aws-sdk/client-ecr'
import { registrySettingsOf, setRegistrySettings } from '../../../store/images/registry-settings.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'

/** Source: the API reference, `RegistryScanningRule` and `ScanningRepositoryFilter`. */
const RULES = { max: 2 } as const
const FILTERS = { max: 100 } as const
const FILTER = { min: 1, max: 256, pattern: /^[a-z0-9*._/-]+$/ } as const

export const putRegistryScanningConfiguration: EcrOperation<
  PutRegistryScanningConfigurationRequest,
  PutRegistryScanningConfigurationResponse
> = {
  access: onAnything,
  handle: ({ scanType = 'BASIC', rules = [] }, context) => {
    checkConstraints(
      { scanType, rules },
      { scanType: { oneOf: ['BASIC', 'ENHANCED'] }, rules: RULES },
      invalidParameter,
    )
    if (scanType === 'ENHANCED')
      throw invalidParameter('There is no Amazon Inspector here: the scanType has to be BASIC.')
    const scanOnPushFilters = rules.map(filtersOf)
    setRegistrySettings(context.tx, context, { scanOnPushFilters })
    return { registryScanningConfiguration: describe(scanOnPushFilters) }
  },
}

export const getRegistryScanningConfiguration: EcrOperation<
  GetRegistryScanningConfigurationRequest,
  GetRegistryScanningConfigurationResponse
> = {
  access: onAnything,
  handle: (_input, context) => ({
    registryId: context.account,
    scanningConfiguration: describe(registrySettingsOf(context.tx, context).scanOnPushFilters),
  }),
}

const filtersOf = ({ scanFrequency, repositoryFilters = [] }: RegistryScanningRule): readonly string[] => {
  if (scanFrequency !== 'SCAN_ON_PUSH')
    throw invalidParameter('With the scanType BASIC, the scanFrequency of a rule has to be SCAN_ON_PUSH.')
  checkConstraints({ repositoryFilters }, { repositoryFilters: FILTERS }, invalidParameter)
  return repositoryFilters.map(({ filter = '', filterType }) => {
    checkConstraints({ filter, filterType }, { filter: FILTER, filterType: { oneOf: ['WILDCARD'] } }, invalidParameter)
    return filter
  })
}

const describe = (scanOnPushFilters: readonly (readonly string[])[]): RegistryScanningConfiguration => ({
  scanType: 'BASIC',
  rules: scanOnPushFilters.map((filters) => ({
    scanFrequency: 'SCAN_ON_PUSH',
    repositoryFilters: filters.map((filter) => ({ filter, filterType: 'WILDCARD' })),
  })),
})

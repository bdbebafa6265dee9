/**
 * EC2's variant of AWS Query: every list is flat, fields begin with a capital letter, and answers and faults have other frames.
 * https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
import { checkOutput } from './check-output.ts'
import { decodeFault } from './decode-error.ts'
import type { Fault } from './fault.ts'
import { claimedForm, formClaim, xmlAnswer } from './form-request.ts'
import { type FieldNames, FormDecoder } from './form.ts'
import type { Claim, Codec, CodecOptions, Protocol, RefusalContext, WireRequest, WireResponse } from './protocol.ts'
import type { ProtocolName, ServiceAddress, ServiceDefinition } from './service.ts'
import { element, escapeXml, XmlEncoder } from './xml.ts'

const ec2FieldNames: FieldNames = {
  memberName: ({ name, traits }) => traits.ec2QueryName ?? capitalised(traits.xmlName ?? name),
  isFlat: () => true,
}

const capitalised = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)

export class Ec2QueryProtocol implements Protocol {
  readonly names: readonly ProtocolName[] = ['ec2-query']
  readonly faultStyle = 'ec2'

  recognise(request: WireRequest): Claim | undefined {
    return formClaim('ec2-query', request)
  }

  isFor(service: ServiceAddress, claim: Claim): boolean {
    return service.query?.version === claim.address
  }

  codec(service: ServiceDefinition, { isChecking }: CodecOptions): Codec {
    const decoder = new FormDecoder(ec2FieldNames)
    const encoder = new XmlEncoder()
    const xmlNamespace = service.query?.xmlNamespace ?? ''
    return {
      decode(operation, claim) {
        try {
          return decoder.structure(operation.input, claimedForm(claim))
        } catch (error) {
          throw decodeFault('ec2', service, operation, error)
        }
      },
      encode({ name, output: shape }, output, _claim, requestId) {
        if (isChecking) checkOutput(shape, output, name)
        const content = element('requestId', requestId) + encoder.content(shape, output)
        return xmlAnswer(200, `<${name}Response xmlns="${xmlNamespace}">${content}</${name}Response>`, requestId)
      },
    }
  }

  refuse(fault: Fault, { requestId }: RefusalContext): WireResponse {
    const error = element(
      'Error',
      element('Code', escapeXml(fault.code)) + element('Message', escapeXml(fault.message)),
    )
    const content = element('Errors', error) + element('RequestID', requestId)
    return xmlAnswer(fault.status, element('Response', content), requestId)
  }
}

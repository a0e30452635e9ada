import { circularFamilies, type CircularFamilyName } from "./circular-families.ts";
import { closedForms, type ClosedFormName } from "./closed-forms.ts";
import { discreteFamilies, type DiscreteFamilyName } from "./discrete-families.ts";
import { extremeValueFamilies, type ExtremeValueFamilyName } from "./extreme-value-families.ts";
import { type Family } from "./family.ts";
import { gammaFamilies, type GammaFamilyName } from "./gamma-families.ts";
import { normalFamilies, type NormalFamilyName } from "./normal-families.ts";
import { rejectionFamilies, type RejectionFamilyName } from "./rejection-families.ts";
import { stableFamilies, type StableFamilyName } from "./stable-families.ts";
import { statisticsFamilies, type StatisticsFamilyName } from "./statistics-families.ts";
import { urnFamilies, type UrnFamilyName } from "./urn-families.ts";

/** The distributions of scipy.stats that a prior may name, beside those that have kinds of their own. */
export type DistributionName =
  | ClosedFormName
  | ExtremeValueFamilyName
  | NormalFamilyName
  | GammaFamilyName
  | RejectionFamilyName
  | StableFamilyName
  | CircularFamilyName
  | StatisticsFamilyName
  | DiscreteFamilyName
  | UrnFamilyName;

const all: Readonly<Record<DistributionName, Family>> = {
  ...closedForms,
  ...extremeValueFamilies,
  ...normalFamilies,
  ...gammaFamilies,
  ...rejectionFamilies,
  ...stableFamilies,
  ...circularFamilies,
  ...statisticsFamilies,
  ...discreteFamilies,
  ...urnFamilies,
};

/** The families of distributions by name. */
export const families: ReadonlyMap<string, Family> = new Map(Object.entries(all));

// All of the conformance suite; see store_conformance.h.
#pragma once

#include "table/testing/conformance_order.h"
#include "table/testing/conformance_random.h"
#include "table/testing/conformance_rows.h"
#include "table/testing/conformance_wide.h"

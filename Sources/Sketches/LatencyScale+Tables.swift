extension LatencyScale {
    /// The edges of one octave of nanoseconds, that is 2^(j/64) seconds for 64 following j, each
    /// halved into [1, 2) and cut to 64 bits, ascending. An edge is irrational or exact, so that a
    /// whole number of nanoseconds lies above it when and only when it lies above what is cut.
    /// One more entry, which nothing exceeds, spares a comparison.
    static let edges: [UInt64] = [
        0x8099_2ABB_83A5_34A2, 0x81FF_A7A9_549C_A6E3, 0x836A_0BEE_9D9D_5401, 0x84D8_626D_3118_D396,
        0x864A_B625_376B_7B77, 0x87C1_1235_836D_16A3, 0x893B_81DB_E7ED_5966, 0x8ABA_1075_8E1E_A3CF,
        0x8C3C_C97F_4CF1_AADD, 0x8DC3_B896_0164_A7D9, 0x8F4E_E976_E7C8_B4CC, 0x90DE_67FF_F600_044C,
        0x9272_4030_36B7_AA56, 0x940A_7E28_259F_B382, 0x95A7_2E2A_0CA4_4F7C, 0x9748_5C9A_622A_DB60,
        0x98EE_1600_2855_A076, 0x9A98_6705_4D51_2391, 0x9C47_5C77_0CAD_E96D, 0x9DFB_0346_51C9_9C68,
        0x9FB3_6888_1B4A_8811, 0xA170_9975_DFB0_6757, 0xA332_A36D_F2FD_8A6A, 0xA4F9_93F3_ED7B_61CA,
        0xA6C5_78B1_139D_848C, 0xA896_5F74_BF06_5071, 0xAA6C_5634_C8B0_4B16, 0xAC47_6B0D_F43F_745F,
        0xAE27_AC44_5C7D_C318, 0xB00D_2843_E106_0DC2, 0xB1F7_EDA0_9520_AA93, 0xB3E8_0B17_2FD5_1AF7,
        0xB5DD_8F8D_7D34_1FFD, 0xB7D8_8A12_D0DD_9EA0, 0xB9D9_09E0_79C5_C456, 0xBBDF_1E5A_373C_E5C6,
        0xBDEA_D70E_AF3D_9B5A, 0xBFFC_43B7_E604_A922, 0xC213_743B_B6F6_4957, 0xC430_78AC_4ED4_7AE7,
        0xC653_6148_A749_FF7D, 0xC87C_3E7D_03CD_BEC3, 0xCAAB_20E3_6FE2_4EE5, 0xCCE0_1944_3EB5_6CE4,
        0xCF1B_3896_8C23_39B8, 0xD15C_9000_BF21_1C1F, 0xD3A4_30D9_0D94_3190, 0xD5F2_2CA6_0197_43E0,
        0xD846_951F_0034_440A, 0xDAA1_7C2C_D195_55DB, 0xDD02_F3EA_2AB1_8362, 0xDF6B_0EA4_3879_3A89,
        0xE1D9_DEDB_2C86_C2B2, 0xE44F_7742_CB56_E3DD, 0xE6CB_EAC2_FC0E_04AA, 0xE94F_4C78_59CE_1066,
        0xEBD9_AFB4_C6A1_8262, 0xEE6B_2800_0000_0000, 0xF103_C918_34F0_F723, 0xF3A3_A6F2_9DD0_C333,
        0xF64A_D5BC_15BC_E751, 0xF8F9_69D9_B5AB_F948, 0xFBAF_77E9_7135_E555, 0xFE6D_14C2_B511_4024,
        0xFFFF_FFFF_FFFF_FFFF,
    ]

    /// How many edges lie below each of 128 equal cells of [1, 2). A cell holds one edge at most.
    static let edgesBelowCell: [UInt8] = [
        0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10, 10,
        11, 12, 12, 13, 13, 14, 15, 15, 16, 17, 17, 18, 18, 19, 20, 20,
        21, 21, 22, 22, 23, 24, 24, 25, 25, 26, 26, 27, 27, 28, 28, 29,
        29, 30, 31, 31, 32, 32, 33, 33, 34, 34, 35, 35, 36, 36, 37, 37,
        38, 38, 38, 39, 39, 40, 40, 41, 41, 42, 42, 43, 43, 44, 44, 44,
        45, 45, 46, 46, 47, 47, 48, 48, 48, 49, 49, 50, 50, 50, 51, 51,
        52, 52, 53, 53, 53, 54, 54, 55, 55, 55, 56, 56, 57, 57, 57, 58,
        58, 58, 59, 59, 60, 60, 60, 61, 61, 62, 62, 62, 63, 63, 63, 64,
    ]
}
